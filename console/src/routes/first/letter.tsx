// The letters of a journey as one real person would read them, with the way to edit them and to send one to oneself.
import { Button, SegmentedControl } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { personQuery } from '../../api/people.ts';
import { revealQuery, type FirstMessage } from '../../api/reveal.ts';
import { previewTemplate, templateQuery, testTemplate, type Template } from '../../api/templates.ts';
import { useCan } from '../../app/formats.tsx';
import { WidthFrame } from '../../ui/html-frame.tsx';
import { Card, Section } from '../../ui/page.tsx';
import { nameOf } from '../../ui/person-name.tsx';
import { Answer, Note, Trouble } from '../../ui/states.tsx';

const route = getRouteApi('/shell/first-message');

export function Letter({ message }: { readonly message: FirstMessage }) {
  const search = route.useSearch();
  const navigate = useNavigate();
  const can = useCan();
  const reveal = useQuery(revealQuery);
  const person = search.person ?? reveal.data?.people[0]?.id;
  const shown = message.templates.find(({ key }) => key === search.letter) ?? message.templates[0];
  if (!shown) return null;
  return (
    <Section
      title="What it says"
      actions={
        can.define && (
          <Button
            renderRoot={(props) => (
              <Link to="/templates/$key" params={{ key: shown.key }} search={{ person }} {...props} />
            )}
          >
            Edit it
          </Button>
        )
      }
    >
      {message.templates.length > 1 && (
        <SegmentedControl
          aria-label="Which letter"
          data={message.templates.map(({ key, name }) => ({ value: key, label: name }))}
          value={shown.key}
          onChange={(letter) =>
            void navigate({
              to: '/first-message',
              search: { ...search, letter },
              replace: true,
              resetScroll: false,
            })
          }
        />
      )}
      <Reading key={shown.key} template={shown.key} person={person} />
    </Section>
  );
}

function Reading({ template, person }: { readonly template: string; readonly person: string | undefined }) {
  const stored = useQuery(templateQuery(template));
  return (
    <Answer of={stored} rows={4}>
      {(it) => <AsRead template={it} person={person} />}
    </Answer>
  );
}

function AsRead({ template, person }: { readonly template: Template; readonly person: string | undefined }) {
  const can = useCan();
  const who = useQuery({ ...personQuery(person ?? ''), enabled: person !== undefined }).data;
  const preview = useQuery({
    queryKey: ['template-preview', template.key, template.version, person ?? null],
    queryFn: () =>
      previewTemplate({
        subject: template.subject,
        preheader: template.preheader ?? '',
        body_mjml: template.body_mjml,
        text: template.text,
        purpose: template.purpose,
        ...(person === undefined ? {} : { person }),
      }),
  });
  const test = useMutation({ mutationFn: () => testTemplate(template.key, person) });
  const name = who ? nameOf({ ...who, user_id: null, email: null }) : null;
  return (
    <Answer of={preview} rows={6}>
      {(it) => (
        <div className="stack">
          <Card className="letter-words">
            <strong>{it.subject ?? template.subject}</strong>
            {it.preheader && <span className="muted">{it.preheader}</span>}
            <span className="muted">
              {name === null
                ? 'As somebody would read it about whom nothing is known'
                : `As ${name} would read it`}
              {it.to && `, at ${it.to}`}
            </span>
          </Card>
          {it.html && <WidthFrame html={it.html} title="The letter" />}
          {it.problems.length > 0 && (
            <Note tone="warning" title={it.problems[0]?.message}>
              {it.problems[0]?.hint}
            </Note>
          )}
          {test.isError && <Trouble error={test.error} />}
          {can.care && (
            <div className="form-foot">
              <Button loading={test.isPending} onClick={() => test.mutate()}>
                Send it to yourself
              </Button>
              <span role="status">
                {test.data && (
                  <>
                    It lies in the built-in mailbox.{' '}
                    <Link to="/mailbox/$id" params={{ id: test.data.id }}>
                      Read it
                    </Link>
                  </>
                )}
              </span>
            </div>
          )}
        </div>
      )}
    </Answer>
  );
}
