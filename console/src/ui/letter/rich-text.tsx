// A text that is written as it will look: bold, italic, links, lists and fields, nothing else; what is pasted loses the rest.
// The way back is the page's (one for the whole letter), so the editor keeps none of its own.
import { ActionIcon, Button, Menu, Popover, TextInput } from '@mantine/core';
import type { Editor } from '@tiptap/core';
import { Bold } from '@tiptap/extension-bold';
import { Document } from '@tiptap/extension-document';
import { HardBreak } from '@tiptap/extension-hard-break';
import { Italic } from '@tiptap/extension-italic';
import { Link } from '@tiptap/extension-link';
import { BulletList, ListItem, ListKeymap, OrderedList } from '@tiptap/extension-list';
import { Paragraph } from '@tiptap/extension-paragraph';
import { Text } from '@tiptap/extension-text';
import { Placeholder } from '@tiptap/extensions';
import { EditorContent, useEditor, useEditorState } from '@tiptap/react';
import { useEffect, useId, useRef, useState, type ReactNode } from 'react';
import type { Rich } from '../../lib/letter.ts';
import { Icon } from '../icons.tsx';
import { FieldNode } from './field-node.ts';
import { useFields } from './fields.ts';
import './rich-text.css';

export interface RichTextProps {
  readonly label: string;
  readonly value: Rich;
  readonly onChange: (value: Rich) => void;
  /** One line without lists: a heading, or a small one. */
  readonly line?: 'heading' | 'plain';
  readonly placeholder?: string;
  readonly problem?: string | undefined;
  readonly readOnly?: boolean;
}

const inline = [
  Document,
  Paragraph,
  Text,
  Bold,
  Italic,
  HardBreak,
  FieldNode,
  Link.configure({
    openOnClick: false,
    autolink: false,
    protocols: ['https', 'http', 'mailto', 'tel'],
    HTMLAttributes: { target: null, rel: null, class: null },
  }),
];
const lists = [BulletList, OrderedList, ListItem, ListKeymap];

export function RichText({ label, value, onChange, line, placeholder, problem, readOnly }: RichTextProps) {
  const id = useId();
  const latest = useRef(onChange);
  useEffect(() => {
    latest.current = onChange;
  });
  const editor = useEditor({
    extensions: [
      ...inline,
      ...(line === undefined ? lists : []),
      Placeholder.configure({ placeholder: placeholder ?? 'Write …' }),
    ],
    content: value as object,
    editable: readOnly !== true,
    editorProps: {
      attributes: {
        class: line === 'heading' ? 'rich-text rich-line' : 'rich-text',
        role: 'textbox',
        'aria-multiline': 'true',
        'aria-label': label,
        dir: 'auto',
        ...(problem === undefined ? {} : { 'aria-invalid': 'true', 'aria-describedby': `${id}-problem` }),
      },
    },
    onUpdate: ({ editor: written }) => latest.current(written.getJSON() as Rich),
  });
  useEffect(() => {
    // Only what came from elsewhere (a step back, another version): setting what was just typed would move the caret.
    if (JSON.stringify(editor.getJSON()) !== JSON.stringify(value))
      editor.commands.setContent(value as object, { emitUpdate: false });
  }, [editor, value]);
  return (
    <div className="rich" data-problem={problem !== undefined || undefined}>
      {readOnly !== true && <Toolbar editor={editor} line={line !== undefined} label={label} />}
      <EditorContent editor={editor} />
      {problem !== undefined && (
        <p className="rich-problem" id={`${id}-problem`}>
          {problem}
        </p>
      )}
    </div>
  );
}

function Toolbar({
  editor,
  line,
  label,
}: {
  readonly editor: Editor;
  readonly line: boolean;
  readonly label: string;
}) {
  const on = useEditorState({
    editor,
    selector: ({ editor: it }) => ({
      bold: it.isActive('bold'),
      italic: it.isActive('italic'),
      bullets: it.isActive('bulletList'),
      numbers: it.isActive('orderedList'),
      field: it.isActive('field') ? (it.getAttributes('field') as { path: string; fallback: string }) : null,
    }),
  });
  return (
    <div className="rich-tools" role="toolbar" aria-label={`Form of: ${label}`}>
      <Tool name="Bold" on={on.bold} press={() => editor.chain().focus().toggleBold().run()}>
        <b>B</b>
      </Tool>
      <Tool name="Italic" on={on.italic} press={() => editor.chain().focus().toggleItalic().run()}>
        <i>I</i>
      </Tool>
      <LinkTool editor={editor} />
      {!line && (
        <>
          <Tool name="List" on={on.bullets} press={() => editor.chain().focus().toggleBulletList().run()}>
            <Icon name="list" size={16} />
          </Tool>
          <Tool
            name="Numbered list"
            on={on.numbers}
            press={() => editor.chain().focus().toggleOrderedList().run()}
          >
            <Icon name="numbers" size={16} />
          </Tool>
        </>
      )}
      <FieldTool editor={editor} />
      {on.field && (
        <TextInput
          className="rich-fallback"
          size="xs"
          aria-label="If it is not known"
          placeholder="If it is not known, write …"
          value={on.field.fallback}
          maxLength={200}
          onChange={(event) =>
            editor.commands.updateAttributes('field', { fallback: event.currentTarget.value })
          }
        />
      )}
    </div>
  );
}

function Tool({
  name,
  on,
  press,
  children,
}: {
  readonly name: string;
  readonly on: boolean;
  readonly press: () => void;
  readonly children: ReactNode;
}) {
  return (
    <ActionIcon
      variant={on ? 'light' : 'subtle'}
      size={28}
      aria-label={name}
      title={name}
      aria-pressed={on}
      onMouseDown={(event) => event.preventDefault()}
      onClick={press}
    >
      <span aria-hidden="true">{children}</span>
    </ActionIcon>
  );
}

/** A link on what is marked; without a mark, on the link that the caret stands in. */
function LinkTool({ editor }: { readonly editor: Editor }) {
  const [open, setOpen] = useState(false);
  const [href, setHref] = useState('');
  const state = useEditorState({
    editor,
    selector: ({ editor: it }) => ({ on: it.isActive('link'), empty: it.state.selection.empty }),
  });
  const begin = (): void => {
    const before: unknown = editor.getAttributes('link')['href'];
    setHref(typeof before === 'string' ? before : '');
    setOpen(true);
  };
  const set = (): void => {
    const address = href.trim();
    const chain = editor.chain().focus().extendMarkRange('link');
    if (address === '') chain.unsetLink().run();
    else chain.setLink({ href: /^[a-z]+:/i.test(address) ? address : `https://${address}` }).run();
    setOpen(false);
  };
  return (
    <Popover opened={open} onChange={setOpen} trapFocus withArrow={false} position="bottom-start">
      <Popover.Target>
        <ActionIcon
          variant={state.on ? 'light' : 'subtle'}
          size={28}
          aria-label="Link"
          title={state.empty && !state.on ? 'Mark some words first' : 'Link'}
          disabled={state.empty && !state.on}
          onMouseDown={(event) => event.preventDefault()}
          onClick={begin}
        >
          <u aria-hidden="true">a</u>
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <form
          className="row"
          onSubmit={(event) => {
            event.preventDefault();
            set();
          }}
        >
          <TextInput
            aria-label="Address of the link"
            placeholder="https://"
            value={href}
            onChange={(event) => setHref(event.currentTarget.value)}
          />
          <Button type="submit">{href.trim() === '' ? 'No link' : 'Set'}</Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}

function FieldTool({ editor }: { readonly editor: Editor }) {
  const fields = useFields();
  return (
    <Menu position="bottom-start" width={260}>
      <Menu.Target>
        <Button size="compact-sm" variant="subtle">
          Insert field
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={320} style={{ overflowY: 'auto' }}>
        {fields.map(({ path, name }) => (
          <Menu.Item
            key={path}
            onClick={() => {
              const fallback = path === 'person.first_name' ? 'there' : '';
              editor
                .chain()
                .focus()
                .insertContent({ type: 'field', attrs: { path, fallback } })
                .setNodeSelection(editor.state.selection.from)
                .run();
            }}
          >
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
