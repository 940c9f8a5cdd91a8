/** What a scan sounds like: whoever packs looks at the goods, not at the page. */
let context: AudioContext | undefined;

function tone(hertz: number, seconds: number): void {
  context ??= new AudioContext();
  const oscillator = context.createOscillator();
  const volume = context.createGain();
  volume.gain.value = 0.15;
  oscillator.frequency.value = hertz;
  oscillator.connect(volume).connect(context.destination);
  oscillator.start();
  oscillator.stop(context.currentTime + seconds);
}

/** High and short where it was right; low, long and felt where it was not. */
export function sound(right: boolean): void {
  tone(right ? 1_320 : 220, right ? 0.08 : 0.4);
  if (!right) navigator.vibrate?.(300);
}
