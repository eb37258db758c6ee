// The letters of a journey as one real person would read them, with the way to edit them and to send one to oneself.
import { Button, SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { revealQuery, type FirstMessage } from '../../api/reveal.ts';
import { useCan } from '../../app/formats.tsx';
import { LetterPreview } from '../../ui/letter-preview.tsx';
import { Section } from '../../ui/page.tsx';
import { SendToYourself } from '../../ui/send-to-yourself.tsx';

const route = getRouteApi('/shell/first-message');

export function Letter({ message }: { readonly message: FirstMessage }) {
  const search = route.useSearch();
  const navigate = useNavigate();
  const can = useCan();
  const reveal = useQuery(revealQuery);
  const person = search.person ?? reveal.data?.people[0]?.id;
  const shown = message.templates.find(({ key }) => key === search.letter) ?? message.templates[0];
  if (!shown) return null;
  const go = (part: Partial<typeof search>) =>
    void navigate({
      to: '/first-message',
      search: { ...search, ...part },
      replace: true,
      resetScroll: false,
    });
  return (
    <Section
      title="What it says"
      actions={
        can.define && (
          <Button
            renderRoot={(props) => (
              <Link
                to="/templates/$key"
                params={{ key: shown.key }}
                search={{ person, journey: message.journey.key }}
                {...props}
              />
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
          onChange={(letter) => go({ letter })}
        />
      )}
      <LetterPreview
        key={shown.key}
        template={shown.key}
        person={person}
        onPerson={(id) => go({ person: id })}
      />
      {can.care && <SendToYourself key={`send-${shown.key}`} template={shown.key} person={person} />}
    </Section>
  );
}
