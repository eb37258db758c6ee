// A letter of blocks while it is arranged: adding, moving, copying, changing, taking out. Pure; the server checks.
import { movedItem } from './moved-item.ts';

export interface Mark {
  readonly type: string;
  readonly attrs?: { readonly [key: string]: unknown };
}
/** A node of the editor's JSON (ProseMirror's shape). */
export interface RichNode {
  readonly type: string;
  readonly text?: string;
  readonly attrs?: { readonly [key: string]: unknown };
  readonly marks?: readonly Mark[];
  readonly content?: readonly RichNode[];
}
export interface Rich {
  readonly type: 'doc';
  readonly content: readonly RichNode[];
}

export type SimpleBlock =
  | { readonly id: string; readonly kind: 'heading' | 'text'; readonly text: Rich }
  | { readonly id: string; readonly kind: 'button'; readonly label: string; readonly url: string }
  | {
      readonly id: string;
      readonly kind: 'image';
      readonly src: string;
      readonly alt: string;
      readonly decorative: boolean;
      readonly url: string;
      readonly width: 'whole' | 'half';
    }
  | { readonly id: string; readonly kind: 'divider' | 'offer' }
  | { readonly id: string; readonly kind: 'space'; readonly size: 'small' | 'large' };
export type Block =
  | SimpleBlock
  | {
      readonly id: string;
      readonly kind: 'columns';
      readonly left: readonly SimpleBlock[];
      readonly right: readonly SimpleBlock[];
    };
export type BlockKind = Block['kind'];

export interface Letter {
  readonly blocks: readonly Block[];
  readonly why: Rich;
}

export const blockNames: { readonly [kind in BlockKind]: string } = {
  heading: 'Heading',
  text: 'Text',
  button: 'Button',
  image: 'Picture',
  columns: 'Two columns',
  offer: 'Offer',
  divider: 'Line',
  space: 'Space',
};
/** In the order of the menu. */
export const blockKinds = Object.keys(blockNames) as readonly BlockKind[];

export const richOf = (text = ''): Rich => ({
  type: 'doc',
  content: [{ type: 'paragraph', ...(text === '' ? {} : { content: [{ type: 'text', text }] }) }],
});

export function newBlock(kind: BlockKind, id: string): Block {
  switch (kind) {
    case 'heading':
    case 'text':
      return { id, kind, text: richOf() };
    case 'button':
      return { id, kind, label: '', url: '' };
    case 'image':
      return { id, kind, src: '', alt: '', decorative: false, url: '', width: 'whole' };
    case 'columns':
      return {
        id,
        kind,
        left: [{ id: `${id}l`, kind: 'text', text: richOf() }],
        right: [{ id: `${id}r`, kind: 'text', text: richOf() }],
      };
    case 'space':
      return { id, kind, size: 'small' };
    case 'divider':
    case 'offer':
      return { id, kind };
  }
}

export const isSimple = (block: Block): block is SimpleBlock => block.kind !== 'columns';

/** What a new letter begins with. */
export const startLetter = (newId: () => string): Letter => ({
  blocks: [
    { id: newId(), kind: 'heading', text: richOf('What this is about') },
    {
      id: newId(),
      kind: 'text',
      text: {
        type: 'doc',
        content: [
          {
            type: 'paragraph',
            content: [
              { type: 'text', text: 'Hello ' },
              { type: 'field', attrs: { path: 'person.first_name', fallback: 'there' } },
              { type: 'text', text: ',' },
            ],
          },
        ],
      },
    },
  ],
  why: richOf('You get this letter because you agreed to hear from us.'),
});

export function added<B extends Block>(blocks: readonly B[], block: B, at: number): readonly B[] {
  return blocks.toSpliced(at, 0, block);
}

export function removed<B extends Block>(blocks: readonly B[], id: string): readonly B[] {
  return blocks.filter((block) => block.id !== id);
}

export function changedIn<B extends Block>(blocks: readonly B[], block: B): readonly B[] {
  return blocks.map((old) => (old.id === block.id ? block : old));
}

/** To the place before which it is to stand, as counted with itself still in its old one. */
export function moved<B extends Block>(blocks: readonly B[], id: string, before: number): readonly B[] {
  const from = blocks.findIndex((block) => block.id === id);
  const to = Math.min(Math.max(before > from ? before - 1 : before, 0), blocks.length - 1);
  return movedItem(blocks, from, to);
}

export function duplicated(block: Block, newId: () => string): Block {
  if (block.kind !== 'columns') return { ...block, id: newId() };
  const own = (inner: SimpleBlock): SimpleBlock => ({ ...inner, id: newId() });
  return { ...block, id: newId(), left: block.left.map(own), right: block.right.map(own) };
}

/** A few words of what a block holds, to tell it from others. */
export function gistOf(block: Block): string {
  switch (block.kind) {
    case 'heading':
    case 'text':
      return wordsIn(block.text.content).trim().slice(0, 60);
    case 'button':
      return block.label;
    case 'image':
      return block.alt || block.src;
    case 'columns':
      return [...block.left, ...block.right].map(gistOf).find((words) => words !== '') ?? '';
    case 'divider':
    case 'space':
    case 'offer':
      return '';
  }
}

function wordsIn(nodes: readonly RichNode[]): string {
  return nodes
    .map((node) => node.text ?? (node.type === 'field' ? '…' : `${wordsIn(node.content ?? [])} `))
    .join('');
}
