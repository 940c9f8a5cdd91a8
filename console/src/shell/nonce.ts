/** The page's nonce, which styles that a library makes must carry (a browser shows it to scripts of the page alone). */
export const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? "";
