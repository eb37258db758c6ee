// A letter of blocks to write: subject, preview line, blocks, why somebody gets it; beside it the letter as one person would get it.
import { Button, Menu, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useRef } from 'react';
import type { FieldProblem } from '../api/problem.ts';
import { ApiProblem } from '../api/problem.ts';
import { letterPreviewQuery, linesOf, type Template, type TemplateDraft } from '../api/templates.ts';
import { useCan } from '../app/formats.tsx';
import { fieldError } from '../lib/fields.ts';
import { blockKinds, blockNames, type Block, type Letter } from '../lib/letter.ts';
import { useFields } from '../ui/letter/fields.ts';
import { BlockList } from '../ui/letter/block-list.tsx';
import { RichText } from '../ui/letter/rich-text.tsx';
import { useReader } from '../ui/letter-preview.tsx';
import { offerUndo } from '../ui/undo.tsx';
import { LookOfLetters } from './template-brand.tsx';
import { useTemplateDraft } from './template-draft.ts';
import { TemplateFrame } from './template-frame.tsx';

const route = getRouteApi('/shell/templates/$key');

type LetterDraft = Extract<TemplateDraft, { letter: Letter }>;

export function LetterEditor({ template, letter }: { readonly template: Template; readonly letter: Letter }) {
  const can = useCan();
  const inHand = useTemplateDraft<LetterDraft>(template, { ...linesOf(template), letter });
  const { value: draft, set } = inHand;
  const problems = useProblems(template, draft, inHand.error);
  return (
    <TemplateFrame template={template} inHand={inHand}>
      <LineField
        label="Subject"
        value={draft.subject}
        error={fieldError(inHand.error, '/subject')}
        readOnly={!can.define}
        onChange={(line) => set({ subject: line }, 'subject')}
      />
      <LineField
        label="Preview line"
        description="Shown after the subject in most mail readers"
        value={draft.preheader}
        error={fieldError(inHand.error, '/preheader')}
        readOnly={!can.define}
        onChange={(line) => set({ preheader: line }, 'preheader')}
      />
      <BlockList<Block>
        label="Blocks of the letter"
        blocks={draft.letter.blocks}
        kinds={blockKinds}
        problems={problems}
        at="/letter/blocks"
        readOnly={!can.define}
        onChange={(blocks, about) => set({ letter: { ...draft.letter, blocks } }, about)}
        onRemoved={(block) =>
          offerUndo({
            done: `${blockNames[block.kind]} taken out.`,
            undo: async () => set({ letter: draft.letter }),
          })
        }
      />
      <div>
        <p className="block-name">Why they get it, at the foot of the letter</p>
        <RichText
          label="Why they get it"
          line="plain"
          value={draft.letter.why}
          readOnly={!can.define}
          problem={problems.find(({ path }) => path === '/letter/why')?.message}
          onChange={(why) => set({ letter: { ...draft.letter, why } }, 'why')}
        />
      </div>
      <p className="muted">
        Unsubscribing and your postal address stand below it in every letter and cannot be taken out.
      </p>
      <LookOfLetters />
    </TemplateFrame>
  );
}

/** Of the preview, while it is being written; of saving, if that was refused. */
function useProblems(template: Template, draft: LetterDraft, refused: Error | null): readonly FieldProblem[] {
  const { person } = route.useSearch();
  const reader = useReader(template.key, person);
  const [asked] = useDebouncedValue(draft, 300);
  const preview = useQuery(
    letterPreviewQuery({
      template: template.key,
      draft: { ...asked, purpose: template.purpose },
      reader: reader.id,
    }),
  );
  if (preview.data && preview.data.problems.length > 0) return preview.data.problems;
  return refused instanceof ApiProblem ? refused.problems : [];
}

/** One line of text in which fields stand as they are written there: `{{ person.first_name | default: 'there' }}`. */
function LineField({
  label,
  description,
  value,
  error,
  readOnly,
  onChange,
}: {
  readonly label: string;
  readonly description?: string;
  readonly value: string;
  readonly error: string | undefined;
  readonly readOnly: boolean;
  readonly onChange: (value: string) => void;
}) {
  const input = useRef<HTMLInputElement>(null);
  const fields = useFields();
  const insert = (path: string): void => {
    const at = input.current?.selectionStart ?? value.length;
    const fallback = path === 'person.first_name' ? " | default: 'there'" : '';
    onChange(
      `${value.slice(0, at)}{{ ${path}${fallback} }}${value.slice(input.current?.selectionEnd ?? at)}`,
    );
    input.current?.focus();
  };
  return (
    <TextInput
      ref={input}
      label={label}
      description={description}
      value={value}
      error={error}
      readOnly={readOnly}
      dir="auto"
      rightSectionWidth={72}
      rightSection={
        readOnly ? null : (
          <Menu position="bottom-end" width={260}>
            <Menu.Target>
              <Button size="compact-sm" variant="subtle" aria-label={`Insert field into: ${label}`}>
                Field
              </Button>
            </Menu.Target>
            <Menu.Dropdown mah={320} style={{ overflowY: 'auto' }}>
              {fields.map(({ path, name }) => (
                <Menu.Item key={path} onClick={() => insert(path)}>
                  {name}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        )
      }
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
