// Which of many names somebody means who typed a few letters: every word typed must begin a word of the name (best) or stand in it.

/** Marks of accents fall away: "beltran" finds Beltrán. */
const plain = (text: string): string => text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();

/** Those that fit, best first, at most so many; all in their own order when nothing is typed. */
export function bestOf<T extends { readonly words: string }>(
  typed: string,
  all: readonly T[],
  most: number,
): readonly T[] {
  const parts = plain(typed)
    .split(/\s+/)
    .filter((part) => part !== '');
  if (parts.length === 0) return all.slice(0, most);
  const fits = all.flatMap((one, index) => {
    const score = scoreOf(parts, plain(one.words));
    return score === 0 ? [] : [{ one, score, index }];
  });
  fits.sort((a, b) => b.score - a.score || a.index - b.index);
  return fits.slice(0, most).map(({ one }) => one);
}

/** 0: does not fit. Higher for a name that begins so, then for words that do. */
function scoreOf(parts: readonly string[], name: string): number {
  let score = 0;
  for (const part of parts) {
    const at = name.indexOf(part);
    if (at < 0) return 0;
    const begins = at === 0 || new RegExp(`[^\\p{L}\\p{N}]${escaped(part)}`, 'u').test(name);
    score += at === 0 ? 3 : begins ? 2 : 1;
  }
  return score;
}

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
