// Text patterns that match in time linear in the text: every place a pattern may be in is followed at once, so that no
// pattern explodes. Knows classes, groups, alternation, repetition and anchors; nothing that refers back or looks around.
import type { CharSet, PatternNode, PatternProblem, Ranges } from './pattern-parse.ts';
import { parsePattern, WORD } from './pattern-parse.ts';

/** Whether the pattern is found anywhere in the text; `^` and `$` tie it to the ends. */
export type Pattern = (text: string) => boolean;

export type CompiledPattern =
  | { readonly ok: true; readonly matches: Pattern }
  | { readonly ok: false; readonly problem: PatternProblem };

/** A longer text does not match. */
export const TEXT_CHARS_MAX = 1_000;
const STATES_MAX = 2_000;
/** Groups of nothing make no states, and could be repeated without end. */
const STEPS_MAX = 20_000;

export function compilePattern(source: string): CompiledPattern {
  const parsed = parsePattern(source);
  if (!parsed.ok) return parsed;

  const builder = new Builder(parsed.ignoreCase);
  builder.add(parsed.node);
  if (builder.isTooLarge) {
    const message = `The pattern is too large: written out it has more than ${STATES_MAX} parts.`;
    return {
      ok: false,
      problem: { message, hint: 'Repeat less, above all not repetitions of repetitions.' },
    };
  }
  const states: readonly State[] = [...builder.states, { kind: 'match' }];
  return { ok: true, matches: (text) => text.length <= TEXT_CHARS_MAX && run(states, text) };
}

type State =
  | { readonly kind: 'char'; readonly test: (code: number) => boolean }
  | { readonly kind: 'start' | 'end' | 'word_edge' | 'no_word_edge' | 'match' }
  | { kind: 'fork'; a: number; b: number };

/** Writes the tree out as a list of states; a state goes on to the next one, a fork to two. */
class Builder {
  readonly states: State[] = [];
  readonly ignoreCase: boolean;
  steps = 0;

  constructor(ignoreCase: boolean) {
    this.ignoreCase = ignoreCase;
  }

  get isTooLarge(): boolean {
    return this.states.length >= STATES_MAX || this.steps > STEPS_MAX;
  }

  add(node: PatternNode): void {
    this.steps++;
    if (this.isTooLarge) return;
    switch (node.kind) {
      case 'char':
        this.states.push({ kind: 'char', test: charTest(node.set, this.ignoreCase) });
        return;
      case 'start':
      case 'end':
      case 'word_edge':
      case 'no_word_edge':
        this.states.push({ kind: node.kind });
        return;
      case 'all':
        for (const part of node.parts) this.add(part);
        return;
      case 'either':
        this.addEither(node.options);
        return;
      case 'repeat':
        this.addRepeat(node.part, node.min, node.max);
        return;
    }
  }

  addEither(options: readonly PatternNode[]): void {
    const ends: { a: number; b: number }[] = [];
    for (const [i, option] of options.entries()) {
      if (i === options.length - 1) {
        this.add(option);
        break;
      }
      const choice = this.fork();
      this.add(option);
      const end = this.fork();
      ends.push(end);
      choice.b = this.states.length;
    }
    for (const end of ends) end.a = end.b = this.states.length;
  }

  addRepeat(part: PatternNode, min: number, max: number | null): void {
    for (let i = 0; i < min && !this.isTooLarge; i++) this.add(part);
    if (max === null) {
      const loop = this.states.length;
      const choice = this.fork();
      this.add(part);
      const back = this.fork();
      back.a = back.b = loop;
      choice.b = this.states.length;
      return;
    }
    const choices: { a: number; b: number }[] = [];
    for (let i = min; i < max && !this.isTooLarge; i++) {
      choices.push(this.fork());
      this.add(part);
    }
    for (const choice of choices) choice.b = this.states.length;
  }

  /** Both ways lead to the next state until told otherwise. */
  fork(): { a: number; b: number } {
    const next = this.states.length + 1;
    const fork = { kind: 'fork' as const, a: next, b: next };
    this.states.push(fork);
    return fork;
  }
}

/** Follows all places at once: at each character each state is entered at most once. */
function run(states: readonly State[], text: string): boolean {
  const codes = Array.from(text, (char) => char.codePointAt(0)!);
  const entered = new Int32Array(states.length).fill(-1);
  const stack: number[] = [];
  let places: number[] = [];

  /** Goes on from a state as far as no character is needed; true when that is the end of the pattern. */
  const enter = (first: number, at: number, into: number[]): boolean => {
    stack.push(first);
    for (let i = stack.pop(); i !== undefined; i = stack.pop()) {
      if (entered[i] === at) continue;
      entered[i] = at;
      const state = states[i]!;
      if (state.kind === 'match') {
        stack.length = 0;
        return true;
      }
      if (state.kind === 'char') into.push(i);
      else if (state.kind === 'fork') stack.push(state.a, state.b);
      else if (isAt(state.kind, codes, at)) stack.push(i + 1);
    }
    return false;
  };

  for (let at = 0; ; at++) {
    if (enter(0, at, places)) return true;
    if (at === codes.length) return false;
    const code = codes[at]!;
    const next: number[] = [];
    for (const i of places) {
      const state = states[i]!;
      if (state.kind === 'char' && state.test(code) && enter(i + 1, at + 1, next)) return true;
    }
    places = next;
  }
}

function isAt(
  what: 'start' | 'end' | 'word_edge' | 'no_word_edge',
  codes: readonly number[],
  at: number,
): boolean {
  if (what === 'start') return at === 0;
  if (what === 'end') return at === codes.length;
  const isEdge = isWord(codes[at - 1]) !== isWord(codes[at]);
  return what === 'word_edge' ? isEdge : !isEdge;
}

function isWord(code: number | undefined): boolean {
  return code !== undefined && isWithin(WORD, code);
}

function charTest({ ranges, negated }: CharSet, ignoreCase: boolean): (code: number) => boolean {
  if (!ignoreCase) return (code) => isWithin(ranges, code) !== negated;
  const test = (code: number): boolean => casesOf(code).some((each) => isWithin(ranges, each)) !== negated;
  // Looking for the other case takes long; what most texts are made of is remembered.
  const known = new Int8Array(128);
  return (code) => {
    if (code >= known.length) return test(code);
    known[code] ||= test(code) ? 1 : -1;
    return known[code] === 1;
  };
}

function isWithin(ranges: Ranges, code: number): boolean {
  for (const [low, high] of ranges) if (code >= low && code <= high) return true;
  return false;
}

/** A character and its other case, where that is one character too. */
function casesOf(code: number): readonly number[] {
  const char = String.fromCodePoint(code);
  const others = [char.toLowerCase(), char.toUpperCase()].filter((each) => Array.from(each).length === 1);
  return [code, ...others.map((each) => each.codePointAt(0)!)];
}
