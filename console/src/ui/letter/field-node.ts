// A field in a rich text: one piece that is filled in for each person, shown as a chip with its name and what stands there for whom it
// is not known.
import { mergeAttributes, Node } from '@tiptap/core';
import { fieldName } from './fields.ts';

export const FieldNode = Node.create({
  name: 'field',
  group: 'inline',
  inline: true,
  atom: true,
  selectable: true,
  addAttributes() {
    return {
      path: { default: '', parseHTML: (element) => element.getAttribute('data-path') ?? '' },
      fallback: { default: '', parseHTML: (element) => element.getAttribute('data-fallback') ?? '' },
    };
  },
  parseHTML() {
    return [{ tag: 'span[data-path]' }];
  },
  renderHTML({ node, HTMLAttributes }) {
    const { path, fallback } = node.attrs as { path: string; fallback: string };
    const attributes = { class: 'field-chip', 'data-path': path, 'data-fallback': fallback };
    return ['span', mergeAttributes(HTMLAttributes, attributes), wordsOfField(path, fallback)];
  },
  renderText({ node }) {
    const { path, fallback } = node.attrs as { path: string; fallback: string };
    return wordsOfField(path, fallback);
  },
});

const wordsOfField = (path: string, fallback: string): string =>
  fallback === '' ? fieldName(path) : `${fieldName(path)}, else “${fallback}”`;
