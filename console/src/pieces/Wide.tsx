/** What is wider than a phone is scrolled inside its own frame, by keys too. */
export function Wide({ width, children }: { width: number; children: React.ReactNode }) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reached without a mouse
    <div tabIndex={0} className="wide">
      <div style={{ minWidth: width }}>{children}</div>
    </div>
  );
}
