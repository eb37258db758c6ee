// The page around a template however it is written: what can be done, what became of a save, what is being written, and beside it the
// letter as one person would get it.
import { Button } from '@mantine/core';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import type { KeyboardEvent, ReactNode } from 'react';
import { ApiProblem } from '../api/problem.ts';
import type { Template, TemplateDraft } from '../api/templates.ts';
import { useCan } from '../app/formats.tsx';
import { DeleteButton } from '../ui/deleted.tsx';
import { Overtaken, StepButtons, stepByKey, TakenUp } from '../ui/draft.tsx';
import { LetterPreview } from '../ui/letter-preview.tsx';
import { Page, type PageProps } from '../ui/page.tsx';
import { SendToYourself } from '../ui/send-to-yourself.tsx';
import { Note, Trouble } from '../ui/states.tsx';
import type { TemplateInHand } from './template-draft.ts';
import './template.css';

const route = getRouteApi('/shell/templates/$key');

interface FrameProps<D extends TemplateDraft> {
  readonly template: Template;
  readonly inHand: TemplateInHand<D>;
  /** The fields that are written in. */
  readonly children: ReactNode;
}

export function TemplateFrame<D extends TemplateDraft>({ template, inHand, children }: FrameProps<D>) {
  const can = useCan();
  const { person } = route.useSearch();
  const back = useBack();
  const draft = { ...inHand.value, purpose: template.purpose };
  const byKey = (event: KeyboardEvent): void => {
    if (!stepByKey(event, inHand)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <Page
      title={template.name}
      back={back}
      lead={<UsedBy template={template} />}
      actions={
        <>
          {can.define && <StepButtons draft={inHand} />}
          {can.define && template.used_by.length === 0 && <DeleteTemplate template={template} />}
          <SendToYourself template={template.key} draft={draft} person={person} />
          {can.define && (
            <Button
              variant="filled"
              disabled={!inHand.isChanged}
              loading={inHand.saving}
              onClick={inHand.save}
            >
              Save
            </Button>
          )}
        </>
      }
    >
      <SavingNotes inHand={inHand} />
      <div className="two even" onKeyDownCapture={byKey}>
        <div className="stack">{children}</div>
        <Preview template={template} draft={inHand.value} />
      </div>
    </Page>
  );
}

/** Back to where one came from: the message that would help, else the list. */
function useBack(): NonNullable<PageProps['back']> {
  const { journey, person } = route.useSearch();
  if (!journey) return { to: '/templates', label: 'Templates' };
  return { to: '/first-message', label: 'A message that would help', search: { journey, person } };
}

function UsedBy({ template }: { readonly template: Template }) {
  return (
    <>
      Version {template.version}
      {template.used_by.map((user) => (
        <span key={user.journey}>
          {' · used by '}
          <Link to="/journeys/$id" params={{ id: user.journey }}>
            {user.name}
          </Link>
        </span>
      ))}
    </>
  );
}

function DeleteTemplate({ template }: { readonly template: Template }) {
  const navigate = useNavigate();
  return (
    <DeleteButton
      of="templates"
      id={template.key}
      called={`The template ${template.name}`}
      leave={() => navigate({ to: '/templates' })}
    />
  );
}

function Preview({ template, draft }: { readonly template: Template; readonly draft: TemplateDraft }) {
  const { person } = route.useSearch();
  const navigate = useNavigate();
  return (
    <div className="preview">
      <LetterPreview
        template={template.key}
        draft={{ ...draft, purpose: template.purpose }}
        person={person}
        onPerson={(id) =>
          void navigate({
            to: '/templates/$key',
            params: { key: template.key },
            search: (old) => ({ ...old, person: id }),
            replace: true,
            ignoreBlocker: true,
            resetScroll: false,
          })
        }
      />
    </div>
  );
}

/** What became of what was written: taken up again, overtaken by somebody else, or refused. */
function SavingNotes<D extends TemplateDraft>({ inHand }: { readonly inHand: TemplateInHand<D> }) {
  if (inHand.overtaken)
    return (
      <Overtaken
        title="Someone else saved this template meanwhile."
        onLook={() => window.location.reload()}
        onSaveOver={inHand.saveOver}
      />
    );
  if (inHand.error !== null) {
    const atBlocks =
      inHand.error instanceof ApiProblem &&
      inHand.error.problems.length > 0 &&
      inHand.error.problems.every(({ path }) => path?.startsWith('/letter/'));
    return atBlocks ? (
      <Note tone="danger" title="Not saved: something is missing, as said below." alert />
    ) : (
      <Trouble error={inHand.error} />
    );
  }
  return <TakenUp draft={inHand} />;
}
