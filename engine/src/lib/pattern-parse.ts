// Reads a text pattern into a tree: what regular expressions know, without anything that could take more than linear time.
// What is refused is refused in words, with a way out.

export type PatternNode =
  | { readonly kind: 'char'; readonly set: CharSet }
  | { readonly kind: 'start' | 'end' | 'word_edge' | 'no_word_edge' }
  | { readonly kind: 'all'; readonly parts: readonly PatternNode[] }
  | { readonly kind: 'either'; readonly options: readonly PatternNode[] }
  /** `max` null: without end. */
  | {
      readonly kind: 'repeat';
      readonly part: PatternNode;
      readonly min: number;
      readonly max: number | null;
    };

/** Ranges of code points, both ends included. */
export type Ranges = readonly (readonly [number, number])[];

export interface CharSet {
  readonly ranges: Ranges;
  readonly negated: boolean;
}

export interface PatternProblem {
  readonly message: string;
  readonly hint: string;
}

export type ParsedPattern =
  | { readonly ok: true; readonly node: PatternNode; readonly ignoreCase: boolean }
  | { readonly ok: false; readonly problem: PatternProblem };

export const PATTERN_CHARS_MAX = 200;
export const REPEAT_MAX = 50;

const LAST = 0x10_ffff;
export const WORD: Ranges = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
];
const DIGIT: Ranges = [[0x30, 0x39]];
const SPACE: Ranges = [
  [0x09, 0x0d],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
];
const LINE_ENDS: Ranges = [
  [0x0a, 0x0a],
  [0x0d, 0x0d],
  [0x2028, 0x2029],
];
const CONTROLS: { readonly [letter: string]: number } = { t: 9, n: 10, v: 11, f: 12, r: 13 };

export function parsePattern(source: string): ParsedPattern {
  if (source === '') return refused('The pattern is empty.', 'Give a pattern such as ^SKU-[0-9]+$.');
  if (source.length > PATTERN_CHARS_MAX) {
    return refused(
      `The pattern has ${source.length} characters.`,
      `A pattern has at most ${PATTERN_CHARS_MAX}; use several comparisons, or "one_of".`,
    );
  }
  const ignoreCase = source.startsWith('(?i)');
  const parser = new Parser(Array.from(ignoreCase ? source.slice(4) : source));
  const node = parser.either();
  if (parser.problem === null && parser.peek() === ')')
    parser.refuse('A ")" closes nothing.', 'Write \\) for the character itself.');
  return parser.problem === null ? { ok: true, node, ignoreCase } : { ok: false, problem: parser.problem };
}

function refused(message: string, hint: string): ParsedPattern {
  return { ok: false, problem: { message, hint } };
}

const NOTHING: PatternNode = { kind: 'all', parts: [] };

/** Recursive descent over code points. The first problem ends it: everything after is read as at the end. */
class Parser {
  readonly chars: readonly string[];
  at = 0;
  problem: PatternProblem | null = null;

  constructor(chars: readonly string[]) {
    this.chars = chars;
  }

  refuse(message: string, hint: string): void {
    this.problem ??= { message, hint };
    this.at = this.chars.length;
  }

  peek(ahead = 0): string | undefined {
    return this.chars[this.at + ahead];
  }

  take(expected: string): boolean {
    const isThere = this.chars.slice(this.at, this.at + expected.length).join('') === expected;
    if (isThere) this.at += expected.length;
    return isThere;
  }

  either(): PatternNode {
    const options = [this.sequence()];
    while (this.take('|')) options.push(this.sequence());
    return options.length === 1 ? options[0]! : { kind: 'either', options };
  }

  sequence(): PatternNode {
    const parts: PatternNode[] = [];
    for (let char = this.peek(); char !== undefined && char !== '|' && char !== ')'; char = this.peek())
      parts.push(this.repeated());
    return parts.length === 1 ? parts[0]! : { kind: 'all', parts };
  }

  repeated(): PatternNode {
    const from = this.at;
    const part = this.atom();
    const times = this.times();
    if (times === null) return part;
    if (part.kind !== 'char' && this.chars[from] !== '(') {
      this.refuse('There is nothing to repeat.', 'Put a character, a class or a group before the sign.');
      return NOTHING;
    }
    // How greedy a repetition is makes no difference to whether a text matches.
    this.take('?');
    const next = this.peek();
    if (next === '*' || next === '+' || next === '?' || next === '{')
      this.refuse(`"${next}" repeats a repetition.`, 'Put the inner one into a group: (a+)*.');
    return { kind: 'repeat', part, ...times };
  }

  times(): { min: number; max: number | null } | null {
    if (this.take('*')) return { min: 0, max: null };
    if (this.take('+')) return { min: 1, max: null };
    if (this.take('?')) return { min: 0, max: 1 };
    if (this.peek() !== '{') return null;

    const text = this.chars.slice(this.at).join('');
    const found = /^\{(\d{1,3})(?:(,)(\d{1,3})?)?\}/.exec(text);
    if (found === null) {
      this.refuse(
        'A "{" begins no number of times.',
        'Write {2}, {2,} or {2,5}, or \\{ for the character itself.',
      );
      return null;
    }
    const min = Number(found[1]);
    const max = found[2] === undefined ? min : found[3] === undefined ? null : Number(found[3]);
    if (min > REPEAT_MAX || (max ?? 0) > REPEAT_MAX) {
      this.refuse(
        `${found[0]} repeats more than ${REPEAT_MAX} times.`,
        `Repeat at most ${REPEAT_MAX} times, or use * or +.`,
      );
    }
    if (max !== null && min > max) this.refuse(`${found[0]} ends before it begins.`, 'Swap the two numbers.');
    if (this.problem === null) this.at += found[0].length;
    return { min, max };
  }

  atom(): PatternNode {
    const char = this.peek();
    switch (char) {
      case '(':
        return this.group();
      case '[':
        return { kind: 'char', set: this.charClass() };
      case '\\':
        return this.escaped();
      case '^':
        this.at++;
        return { kind: 'start' };
      case '$':
        this.at++;
        return { kind: 'end' };
      case '.':
        this.at++;
        return { kind: 'char', set: { ranges: LINE_ENDS, negated: true } };
      case '*':
      case '+':
      case '?':
      case '{':
        this.refuse(`"${char}" has nothing to repeat.`, `Write \\${char} for the character itself.`);
        return NOTHING;
      default:
        this.at++;
        return one(char ?? '');
    }
  }

  group(): PatternNode {
    this.at++;
    if (this.peek() === '?' && !this.take('?:')) {
      this.refuseGroup();
      return NOTHING;
    }
    const inner = this.either();
    if (!this.take(')'))
      this.refuse('A "(" is not closed.', 'Close it with ), or write \\( for the character itself.');
    return inner;
  }

  refuseGroup(): void {
    const next = this.chars.slice(this.at + 1, this.at + 3).join('');
    if (/^(=|!|<=|<!)/.test(next)) {
      this.refuse(
        `"(?${next.replace(/[^=!<]/g, '')}" looks ahead or behind, which can take very long.`,
        'Use two comparisons joined by "all" or "not" instead.',
      );
    } else if (next.startsWith('i')) {
      this.refuse(
        '"(?i)" stands inside the pattern.',
        'Put (?i) at its very beginning: it is about the whole pattern.',
      );
    } else {
      this.refuse(`"(?${next.slice(0, 1)}" is not known here.`, 'Use ( … ) or (?: … ) for a group.');
    }
  }

  escaped(): PatternNode {
    const letter = this.peek(1);
    if (letter === 'b' || letter === 'B') {
      this.at += 2;
      return { kind: letter === 'b' ? 'word_edge' : 'no_word_edge' };
    }
    return { kind: 'char', set: { ranges: this.escapedRanges(), negated: false } };
  }

  /** What a backslash and what follows it stand for, inside a class or out. */
  escapedRanges(): Ranges {
    const letter = this.peek(1);
    this.at += 2;
    switch (letter) {
      case undefined:
        this.refuse('A backslash stands at the end.', 'Write \\\\ for the character itself.');
        return [];
      case 'd':
        return DIGIT;
      case 'w':
        return WORD;
      case 's':
        return SPACE;
      case 'D':
        return complement(DIGIT);
      case 'W':
        return complement(WORD);
      case 'S':
        return complement(SPACE);
      default:
        return this.escapedChar(letter);
    }
  }

  escapedChar(letter: string): Ranges {
    if (Object.hasOwn(CONTROLS, letter)) return point(CONTROLS[letter]!);
    if (/[1-9k]/.test(letter)) {
      this.refuse(
        `"\\${letter}" refers back to a group, which can take very long.`,
        'Write out what may stand there.',
      );
      return [];
    }
    if (/[a-z0-9]/i.test(letter)) {
      this.refuse(
        `"\\${letter}" is not known here.`,
        'Known are \\d \\D \\w \\W \\s \\S \\b \\B \\t \\n \\r \\f \\v and signs such as \\. or \\(.',
      );
      return [];
    }
    return point(letter.codePointAt(0)!);
  }

  charClass(): CharSet {
    this.at++;
    const negated = this.take('^');
    const ranges: (readonly [number, number])[] = [];
    for (let char = this.peek(); char !== ']'; char = this.peek()) {
      if (char === undefined) {
        this.refuse('A "[" is not closed.', 'Close it with ], or write \\[ for the character itself.');
        break;
      }
      ranges.push(...this.classPart());
    }
    this.at++;
    if (ranges.length === 0 && this.problem === null)
      this.refuse('A class [] is empty.', 'List the characters that may stand there.');
    return { ranges, negated };
  }

  classPart(): Ranges {
    const from = this.classChar();
    if (this.peek() !== '-' || this.peek(1) === ']' || this.peek(1) === undefined) return from;
    this.at++;
    const to = this.classChar();
    const [[low, lowEnd] = [0, 1]] = from;
    const [[high, highEnd] = [0, 1]] = to;
    if (from.length !== 1 || to.length !== 1 || low !== lowEnd || high !== highEnd) {
      this.refuse(
        'A range in [ … ] needs one character on each side.',
        'Write \\- for the character itself.',
      );
      return [];
    }
    if (low > high) this.refuse('A range in [ … ] ends before it begins.', 'Swap its two characters.');
    return [[low, high]];
  }

  classChar(): Ranges {
    const char = this.peek() ?? '';
    if (char === '\\') return this.escapedRanges();
    this.at++;
    return char === '' ? [] : point(char.codePointAt(0)!);
  }
}

function one(char: string): PatternNode {
  return { kind: 'char', set: { ranges: point(char.codePointAt(0) ?? 0), negated: false } };
}

function point(code: number): Ranges {
  return [[code, code]];
}

/** Of ranges in order. */
function complement(ranges: Ranges): Ranges {
  const rest: (readonly [number, number])[] = [];
  let from = 0;
  for (const [low, high] of ranges) {
    if (low > from) rest.push([from, low - 1]);
    from = high + 1;
  }
  rest.push([from, LAST]);
  return rest;
}
