// What is wrong with a letter of blocks, all at once, each said at its block. Shapes were checked at the door; here is what a shape
// cannot say: an empty link, a picture without words, Liquid typed where a field was meant.
import { problemAt } from '../problem.ts';
import type { TemplateProblem } from '../problem.ts';
import { blocksOf, inlinesOf, LETTER_LIMITS, plainOf } from './letter.ts';
import type { Block, Inline, Letter, Rich } from './letter.ts';

/** What a field may begin with; the rest of a path is the workspace's own. */
export const FIELD_ROOTS: readonly string[] = ['person', 'rhythm', 'business', 'offer', 'event', 'journey'];

type Say = (what: {
  readonly at: string;
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}) => void;

export function checkLetter(letter: Letter, template: string): readonly TemplateProblem[] {
  const problems: TemplateProblem[] = [];
  const say: Say = ({ at, ...what }) => {
    problems.push(problemAt({ template, path: `letter/${at}` }, what));
  };
  if (letter.blocks.length === 0) {
    say({ at: 'blocks', code: 'empty_letter', message: 'The letter has no blocks.', hint: 'Add a text.' });
  }
  const seen = new Set<string>();
  for (const { block, at } of blocksOf(letter)) {
    if (seen.has(block.id)) {
      say({
        at: `${at}/id`,
        code: 'block_twice',
        message: `Two blocks have the id "${block.id}".`,
        hint: 'Give every block an id of its own.',
      });
    }
    seen.add(block.id);
    checkBlock(block, at, say);
  }
  checkRich(letter.why, 'why', say);
  return problems;
}

function checkBlock(block: Block, at: string, say: Say): void {
  switch (block.kind) {
    case 'heading':
    case 'text':
      if (plainOf(block.text).trim() === '') {
        say({
          at: `${at}/text`,
          code: 'empty_text',
          message: block.kind === 'heading' ? 'The heading is empty.' : 'The text is empty.',
          hint: 'Write something, or take the block out.',
        });
      }
      checkRich(block.text, `${at}/text`, say);
      return;
    case 'button':
      if (block.label === '') {
        say({
          at: `${at}/label`,
          code: 'empty_label',
          message: 'The button says nothing.',
          hint: 'Say what happens when it is pressed, for example “Look at your order”.',
        });
      }
      checkLiquid(block.label, `${at}/label`, say);
      checkUrl(block.url, { at: `${at}/url`, what: 'The button', needed: true }, say);
      return;
    case 'image':
      checkUrl(block.src, { at: `${at}/src`, what: 'The picture', needed: true, picture: true }, say);
      checkUrl(block.url, { at: `${at}/url`, what: 'The picture', needed: false }, say);
      checkLiquid(block.alt, `${at}/alt`, say);
      if (block.alt === '' && !block.decorative) {
        say({
          at: `${at}/alt`,
          code: 'no_alt',
          message: 'The picture has no words for people who do not see it.',
          hint: 'Say in a few words what it shows, or mark it as decoration.',
        });
      }
      return;
    case 'columns':
      if (block.left.length === 0 && block.right.length === 0) {
        say({
          at,
          code: 'empty_columns',
          message: 'Both columns are empty.',
          hint: 'Put something into them, or take them out.',
        });
      }
      return;
    case 'divider':
    case 'space':
    case 'offer':
      return;
  }
}

function checkRich(rich: Rich, at: string, say: Say): void {
  const pieces = inlinesOf(rich);
  if (pieces.length > LETTER_LIMITS.nodesMax || plainOf(rich).length > LETTER_LIMITS.textMax) {
    say({
      at,
      code: 'text_too_long',
      message: `The text has ${plainOf(rich).length} characters in ${pieces.length} pieces.`,
      hint: `At most ${LETTER_LIMITS.textMax} characters in ${LETTER_LIMITS.nodesMax} pieces: split it, or paste it without its formatting.`,
    });
    return;
  }
  if (depthOf(rich.content) > LETTER_LIMITS.listDepthMax) {
    say({
      at,
      code: 'list_too_deep',
      message: `Lists stand more than ${LETTER_LIMITS.listDepthMax} deep in each other.`,
      hint: 'Mail readers show no more than that well: take a level out.',
    });
  }
  for (const piece of pieces) checkPiece(piece, at, say);
}

function checkPiece(piece: Inline, at: string, say: Say): void {
  if (piece.type === 'text') checkLiquid(piece.text, at, say);
  if (piece.type === 'field') {
    const [root] = piece.attrs.path.split('.');
    if (
      !/^[a-z_]+(\.[A-Za-z0-9_-]{1,60}){1,6}$/.test(piece.attrs.path) ||
      !FIELD_ROOTS.includes(root ?? '')
    ) {
      say({
        at,
        code: 'bad_field',
        message: `"${piece.attrs.path}" is not a field.`,
        hint: `Choose one from the list; fields begin with ${FIELD_ROOTS.join(', ')}.`,
      });
    }
    checkLiquid(piece.attrs.fallback, at, say);
  }
  for (const mark of piece.marks ?? [])
    if (mark.type === 'link') checkUrl(mark.attrs.href, { at, what: 'A link', needed: true }, say);
}

/** Liquid in a text would be sent to people as it stands: what is meant is a field. */
function checkLiquid(text: string, at: string, say: Say): void {
  const found = /\{\{[^}]{0,60}|\{%[^%]{0,60}/.exec(text);
  if (found === null) return;
  say({
    at,
    code: 'liquid_in_text',
    message: `"${found[0].trim()}" would be sent as it stands.`,
    hint: 'Take it out and insert a field in its place.',
  });
}

function checkUrl(
  address: string,
  how: { readonly at: string; readonly what: string; readonly needed: boolean; readonly picture?: boolean },
  say: Say,
): void {
  const { at, what, needed, picture } = how;
  if (address === '') {
    if (needed) {
      say({
        at,
        code: 'empty_link',
        message: picture === true ? 'The picture has no address.' : `${what} leads nowhere.`,
        hint: 'Give an address that begins with https://.',
      });
    }
    return;
  }
  if (isAddress(address, picture === true)) return;
  say({
    at,
    code: 'bad_link',
    message: `"${address.slice(0, 100)}" is not an address that mail readers open.`,
    hint: picture === true ? 'Begin with https://.' : 'Begin with https://, mailto: or tel:.',
  });
}

function isAddress(address: string, picture: boolean): boolean {
  if (/[\s<>"{}|\\^`]/.test(address) || !URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  if (protocol === 'https:' || protocol === 'http:') return hostname !== '';
  return !picture && (protocol === 'mailto:' || protocol === 'tel:');
}

function depthOf(nodes: Rich['content']): number {
  return Math.max(
    0,
    ...nodes.map((node) =>
      node.type === 'paragraph' ? 0 : 1 + Math.max(0, ...node.content.map((item) => depthOf(item.content))),
    ),
  );
}
