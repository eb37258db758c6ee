// What a sentence calls somebody: however long a name is, it takes no more than a part of a line there. In full it stands once,
// as the title of their page.

const lettersMax = 40;
/** A name whose first words are shorter is cut within a word. */
const wordsMin = 20;
/** One letter can be several characters; more of them than this are not looked at. */
const charsLookedAt = 1_000;

/** The name as it is, or its beginning: whole words where it has some, never half a letter. */
export function shorten(name: string): string {
  const whole = name.trim();
  if (whole.length <= lettersMax) return whole;
  const letters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  const all = Array.from(letters.segment(whole.slice(0, charsLookedAt)), ({ segment }) => segment);
  if (all.length <= lettersMax && whole.length <= charsLookedAt) return whole;
  const shown = all.slice(0, lettersMax - 1).join('');
  const words = shown.slice(0, shown.lastIndexOf(' ') + 1).trimEnd();
  return `${words.length >= wordsMin ? words : shown.trimEnd()}…`;
}
