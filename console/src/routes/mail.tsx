// One message as its reader would see it; its HTML can do nothing here.
import { Tabs } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { mailQuery } from '../api/mailbox.ts';
import { When } from '../app/formats.tsx';
import { WidthFrame } from '../ui/html-frame.tsx';
import { Card, Facts, Page } from '../ui/page.tsx';
import { PersonLink } from '../ui/person-name.tsx';
import { Answer } from '../ui/states.tsx';

const route = getRouteApi('/shell/mailbox/$id');

export function MailPage() {
  const { id } = route.useParams();
  const mail = useQuery(mailQuery(id));
  return (
    <Answer of={mail}>
      {(it) => (
        <Page
          title={it.subject || 'No subject'}
          back={{ to: '/mailbox', label: 'Mailbox' }}
          lead={
            it.test ? (
              <>
                A test to {it.to}, as it would read to{' '}
                {it.person.name === null ? 'somebody unknown' : <PersonLink person={it.person} />},{' '}
                <When at={it.at} />.
              </>
            ) : (
              <>
                To <PersonLink person={it.person} /> at {it.to}, <When at={it.at} />.{' '}
                <Link to="/messages/$id" params={{ id: it.id }}>
                  Its story
                </Link>
              </>
            )
          }
        >
          <Tabs defaultValue="html">
            <Tabs.List>
              <Tabs.Tab value="html">As seen</Tabs.Tab>
              <Tabs.Tab value="text">As text</Tabs.Tab>
              <Tabs.Tab value="headers">Headers</Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="html" pt="md">
              <WidthFrame html={it.html} title={`Message: ${it.subject}`} />
            </Tabs.Panel>
            <Tabs.Panel value="text" pt="md">
              <Card>
                <pre>{it.text}</pre>
              </Card>
            </Tabs.Panel>
            <Tabs.Panel value="headers" pt="md">
              <Facts
                rows={Object.entries(it.headers).map(
                  ([name, value]) => [name, <code key={name}>{value}</code>] as const,
                )}
              />
            </Tabs.Panel>
          </Tabs>
        </Page>
      )}
    </Answer>
  );
}
