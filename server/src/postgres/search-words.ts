// The words by which a person is found, and the question that finds them. Pure, one folding of letters for both sides:
// accents, Arabic vowel signs and digits, case. A word mistyped by one letter is found because every name is also stored with
// each of its letters left out once, and the question leaves its letters out in turn (a close match shares one of them).

export interface Findable {
  readonly name: string | null;
  readonly email: string | null;
  readonly userId: string | null;
  readonly phone: string | null;
}

export interface SearchQuery {
  /** Every word is the beginning of one of theirs: text of a tsquery. */
  readonly direct: string;
  /** Or is one letter off (two swapped, one missing, one too many, one wrong). */
  readonly close: string | null;
}

const wordsMax = 12;
const wordLengthMax = 40;
/** Shorter words have too many neighbours one letter away; longer ones are rare and would cost a row of their own. */
const mistypedLength = { min: 4, max: 14 };
const mistypedWordsMax = 4;
const phoneDigits = { min: 4, max: 20 };

/** Lexemes, separated by spaces: `sally moon sally@example.com @example.com +1100987 ~ally ~slly …`. */
export function searchText(person: Findable): string {
  const email = emailWord(person.email);
  const names = wordsOf(person.name ?? '');
  const lexemes = new Set([
    ...names,
    ...wordsOf(person.userId ?? ''),
    ...wordsOf(email?.split('@')[0] ?? ''),
  ]);
  if (email !== null) {
    lexemes.add(email);
    lexemes.add(email.slice(email.indexOf('@')));
  }
  const digits = digitsOf(person.phone ?? '');
  if (digits.length >= phoneDigits.min) {
    lexemes.add(`=${digits}`);
    lexemes.add(`+${reversed(digits)}`);
  }
  for (const name of names.slice(0, mistypedWordsMax))
    if (mayBeMistyped(name)) for (const shorter of withoutOne(name)) lexemes.add(`~${shorter}`);
  return [...lexemes].map((lexeme) => `'${lexeme}'`).join(' ');
}

/** null: there is nothing in it to look for. */
export function searchQuery(asked: string): SearchQuery | null {
  const parts = asked.trim().split(/\s+/).slice(0, wordsMax);
  const direct: string[] = [];
  const close: string[] = [];
  let differs = false;
  for (const part of parts) {
    const email = part.includes('@') ? addressBeginning(part) : null;
    if (email !== null) {
      direct.push(`'${email}':*`);
      close.push(`'${email}':*`);
      continue;
    }
    for (const word of wordsOf(part)) {
      direct.push(`'${word}':*`);
      close.push(mayBeMistyped(word) ? mistyped(word) : `'${word}':*`);
      differs ||= mayBeMistyped(word);
    }
  }
  const phone = phoneQuery(asked);
  if (direct.length === 0 && phone === null) return null;
  const either = (words: readonly string[]): string =>
    [words.join(' & '), phone].filter((one) => one !== null && one !== '').join(' | ');
  return { direct: either(direct), close: differs ? close.join(' & ') : null };
}

/** Words as they are compared: `Müller-Łoś` → `muller`, `los`. */
export function wordsOf(text: string): string[] {
  const words = fold(text.slice(0, 1_000)).match(/[\p{L}\p{N}]+/gu) ?? [];
  return [...new Set(words.slice(0, wordsMax).map((word) => sliced(word)))];
}

function mistyped(word: string): string {
  const shorter = withoutOne(word);
  return `(${[`'${word}':*`, `'~${word}'`, ...shorter.flatMap((one) => [`'${one}'`, `'~${one}'`])].join(' | ')})`;
}

/** Numbers are meant as they stand. */
function mayBeMistyped(word: string): boolean {
  const letters = [...word].length;
  return letters >= mistypedLength.min && letters <= mistypedLength.max && !/\p{N}/u.test(word);
}

function withoutOne(word: string): string[] {
  const letters = [...word];
  return [...new Set(letters.map((_letter, i) => letters.toSpliced(i, 1).join('')))];
}

const folded: { readonly [letter: string]: string } = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
  ة: 'ه',
  ى: 'ي',
  ک: 'ك',
  ی: 'ي',
  ـ: '',
};

function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[ßæœøłđðþıةىکیـ]/g, (letter) => folded[letter] ?? letter)
    .replace(/[٠-٩]/g, (digit) => String(digit.charCodeAt(0) - 0x660))
    .replace(/[۰-۹]/g, (digit) => String(digit.charCodeAt(0) - 0x6f0));
}

/** An address whole, without what a tsvector would read as its own signs. */
function emailWord(email: string | null): string | null {
  const whole = email?.trim().toLowerCase().slice(0, 254) ?? '';
  return /^[^\s@]+@[^\s@]+$/.test(whole) ? whole.replace(/['\\]/g, '') : null;
}

function addressBeginning(part: string): string | null {
  const whole = part.toLowerCase().slice(0, 254).replace(/['\\]/g, '');
  return whole === '@' ? null : whole;
}

/** By its beginning, or by its end: what stands before depends on who wrote it (+44 7700…, 0044 7700…, 07700…). */
function phoneQuery(asked: string): string | null {
  if (!/^[+()\d\s./-]+$/.test(fold(asked))) return null;
  const digits = digitsOf(asked);
  if (digits.length < phoneDigits.min) return null;
  return `'=${digits}':* | '+${reversed(digits)}':*`;
}

function digitsOf(phone: string): string {
  return fold(phone).replace(/\D/g, '').replace(/^0+/, '').slice(0, phoneDigits.max);
}

function reversed(text: string): string {
  return [...text].reverse().join('');
}

function sliced(word: string): string {
  return word.length <= wordLengthMax ? word : [...word].slice(0, wordLengthMax).join('');
}
