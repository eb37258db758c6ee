// What stands around a template however it is written: where it is used, what became of a save, and the letter as one person would get it.
import { Button } from '@mantine/core';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { ApiProblem } from '../api/problem.ts';
import type { Template, TemplateDraft } from '../api/templates.ts';
import { useFormats } from '../app/formats.tsx';
import { LetterPreview } from '../ui/letter-preview.tsx';
import type { PageProps } from '../ui/page.tsx';
import { Note, Trouble } from '../ui/states.tsx';
import type { DraftInHand } from './template-draft.ts';
import './template.css';

const route = getRouteApi('/shell/templates/$key');

/** Back to where one came from: the message that would help, else the list. */
export function useBack(): NonNullable<PageProps['back']> {
  const { journey, person } = route.useSearch();
  if (!journey) return { to: '/templates', label: 'Templates' };
  return { to: '/first-message', label: 'A message that would help', search: { journey, person } };
}

export function UsedBy({ template }: { readonly template: Template }) {
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

export function Preview({ template, draft }: { readonly template: Template; readonly draft: TemplateDraft }) {
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
export function SavingNotes<D extends TemplateDraft>({ inHand }: { readonly inHand: DraftInHand<D> }) {
  const formats = useFormats();
  if (inHand.overtaken) {
    return (
      <Note
        tone="warning"
        title="Someone else saved this template meanwhile."
        alert
        action={
          <>
            <Button onClick={() => window.location.reload()}>Look at theirs</Button>{' '}
            <Button onClick={inHand.saveOver}>Save mine over it</Button>
          </>
        }
      >
        What you wrote is kept in this browser. Theirs stays among the versions.
      </Note>
    );
  }
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
  if (inHand.takenUp === null) return null;
  return (
    <Note
      tone="info"
      title={`Taken up again: what you wrote on ${formats.dateTime(new Date(inHand.takenUp).toISOString())} and had not saved.`}
      action={<Button onClick={inHand.discard}>Discard it</Button>}
    />
  );
}
