import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

/** Lays a .gz and a .br beside each text file, so that the server compresses nothing. */
const precompressed: Plugin = {
  name: "precompressed",
  writeBundle({ dir = "" }, bundle) {
    for (const name of Object.keys(bundle).filter((each) => /\.(js|css|svg)$/.test(each))) {
      const plain = readFileSync(join(dir, name));
      writeFileSync(join(dir, `${name}.gz`), gzipSync(plain, { level: 9 }));
      writeFileSync(join(dir, `${name}.br`), brotliCompressSync(plain));
    }
  },
};

/** Styles that Ant Design's parts make on the fly carry the page's nonce, also where a part was not told it. */
const nonceForStyles: Plugin = {
  name: "nonce-for-styles",
  transform(code, id) {
    if (!id.endsWith("/@rc-component/util/es/Dom/dynamicCSS.js")) return undefined;
    const [told, given] = ["    csp,\n", "    csp = { nonce: document.querySelector('meta[property=csp-nonce]')?.nonce },\n"];
    if (!code.includes(told)) throw new Error(`${id} has changed: see how its styles get a nonce now`);
    return code.replace(told, given);
  },
};

/** The script of the first pages is fetched along with the one that asks for it. */
const firstPagesAtOnce: Plugin = {
  name: "first-pages-at-once",
  transformIndexHtml: {
    order: "post",
    handler: (_html, { bundle = {} }) =>
      Object.keys(bundle)
        .filter((each) => each.startsWith("assets/home-") && each.endsWith(".js"))
        .map((each) => ({ tag: "link", attrs: { rel: "modulepreload", crossorigin: true, href: `/${each}` }, injectTo: "head" })),
  },
};

export default defineConfig({
  plugins: [react(), precompressed, nonceForStyles, firstPagesAtOnce],
  // The server puts a fresh nonce in its place with each answer.
  html: { cspNonce: "ANDON_NONCE" },
  build: {
    outDir: "../src/andon/app/built_console",
    emptyOutDir: true,
    manifest: true,
    target: "es2022",
    // A font or image as data: would need its own word in the page's policy.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1200,
    rolldownOptions: {
      output: {
        // Six at a time is what a browser fetches over one line: the first page in three files, and not in fifty.
        codeSplitting: {
          groups: [
            { name: "begin", test: /\/src\/main\.tsx$/, priority: 2 },
            { name: "home", test: /\/src\/(shell\/show|seller\/Frame|seller\/home\/HomePage)\.tsx$|\/dayjs\.min\.js$/, priority: 1 },
            { name: "zh", test: /\/src\/texts\/zh\/shell\.ts$|\/locale\/(zh_CN|zh-cn)\.js$/ },
            { name: "en", test: /\/src\/texts\/english\/shell\.ts$|\/locale\/en_US\.js$/ },
          ],
        },
      },
    },
  },
  // The host stays that of the page: Andon takes commands from its own pages alone.
  server: { proxy: { "/v1": { target: process.env.ANDON_URL ?? "http://127.0.0.1:8000", changeOrigin: false } } },
});
