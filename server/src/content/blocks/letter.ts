// A letter as blocks: what a marketer arranges, and all that is stored of it. Rich text is the JSON of the editor (ProseMirror's shape),
// with a closed set of nodes and marks; there is no HTML in it anywhere.
import { z } from 'zod';

export const LETTER_LIMITS = {
  blocksMax: 60,
  /** characters of one text */
  textMax: 20_000,
  /** paragraphs, list items, pieces of text in one text */
  nodesMax: 2_000,
  listDepthMax: 3,
  urlMax: 2_000,
  labelMax: 120,
} as const;

const markSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('bold') }),
  z.object({ type: z.literal('italic') }),
  z.object({ type: z.literal('link'), attrs: z.object({ href: z.string().max(LETTER_LIMITS.urlMax) }) }),
]);
const marks = z.array(markSchema).max(3).optional();
const inlineSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string().min(1).max(LETTER_LIMITS.textMax), marks }),
  z.object({ type: z.literal('hardBreak'), marks }),
  /** What is filled in for each person, and what stands there for whom it is not known. */
  z.object({
    type: z.literal('field'),
    attrs: z.object({ path: z.string().max(200), fallback: z.string().max(200).default('') }),
    marks,
  }),
]);
const paragraphSchema = z.object({
  type: z.literal('paragraph'),
  content: z.array(inlineSchema).max(LETTER_LIMITS.nodesMax).optional(),
});
const listItemSchema = z.object({
  type: z.literal('listItem'),
  get content(): z.ZodArray<z.ZodUnion<readonly [typeof paragraphSchema, typeof listSchema]>> {
    return z.array(z.union([paragraphSchema, listSchema])).max(50);
  },
});
const listSchema = z.object({
  type: z.enum(['bulletList', 'orderedList']),
  get content(): z.ZodArray<typeof listItemSchema> {
    return z.array(listItemSchema).max(200);
  },
});
const richSchema = z
  .object({
    type: z.literal('doc'),
    content: z.array(z.union([paragraphSchema, listSchema])).max(LETTER_LIMITS.nodesMax),
  })
  .meta({ id: 'RichText' });

const id = z.string().min(1).max(40);
const url = z.string().trim().max(LETTER_LIMITS.urlMax);
const simple = [
  z.object({ id, kind: z.literal('heading'), text: richSchema }),
  z.object({ id, kind: z.literal('text'), text: richSchema }),
  z.object({ id, kind: z.literal('button'), label: z.string().trim().max(LETTER_LIMITS.labelMax), url }),
  z.object({
    id,
    kind: z.literal('image'),
    src: url,
    /** For whoever does not see it; empty only when it is decoration. */
    alt: z.string().trim().max(500),
    decorative: z.boolean().default(false),
    url: url.default(''),
    width: z.enum(['whole', 'half']).default('whole'),
  }),
  z.object({ id, kind: z.literal('divider') }),
  z.object({ id, kind: z.literal('space'), size: z.enum(['small', 'large']).default('small') }),
  /** The code of this message's offer, what it gives and until when. */
  z.object({ id, kind: z.literal('offer') }),
] as const;
const simpleSchema = z.discriminatedUnion('kind', simple);
const blockSchema = z.discriminatedUnion('kind', [
  ...simple,
  z.object({
    id,
    kind: z.literal('columns'),
    left: z.array(simpleSchema).max(20),
    right: z.array(simpleSchema).max(20),
  }),
]);

export const letterSchema = z
  .object({
    blocks: z.array(blockSchema).max(LETTER_LIMITS.blocksMax),
    /** Why this person gets it: stands above the way out. */
    why: richSchema,
  })
  .meta({ id: 'Letter' });

export type Letter = z.infer<typeof letterSchema>;
export type Block = z.infer<typeof blockSchema>;
export type SimpleBlock = z.infer<typeof simpleSchema>;
export type Rich = z.infer<typeof richSchema>;
export type RichNode = Rich['content'][number];
export type Inline = z.infer<typeof inlineSchema>;
export type Mark = z.infer<typeof markSchema>;

/** Every block with where it stands, as a JSON pointer below `letter`. */
export function blocksOf(letter: Letter): readonly { readonly block: Block; readonly at: string }[] {
  return letter.blocks.flatMap((block, i) => [
    { block, at: `blocks/${i}` },
    ...(block.kind === 'columns'
      ? (['left', 'right'] as const).flatMap((side) =>
          block[side].map((inner, n): { block: Block; at: string } => ({
            block: inner,
            at: `blocks/${i}/${side}/${n}`,
          })),
        )
      : []),
  ]);
}

/** Every piece of text of a rich text, in order. */
export function inlinesOf(rich: Rich): readonly Inline[] {
  const of = (node: RichNode): readonly Inline[] =>
    node.type === 'paragraph'
      ? (node.content ?? [])
      : node.content.flatMap((item) => item.content.flatMap(of));
  return rich.content.flatMap(of);
}

export function plainOf(rich: Rich): string {
  return inlinesOf(rich)
    .map((piece) =>
      piece.type === 'text' ? piece.text : piece.type === 'field' ? `{${piece.attrs.path}}` : ' ',
    )
    .join('');
}
