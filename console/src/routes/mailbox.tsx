// The built-in mailbox: everything that would have been sent while live sending is off.
import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { mailboxQuery } from '../api/mailbox.ts';
import { itemsOf } from '../api/page.ts';
import { useFormats, When } from '../app/formats.tsx';
import { shorten } from '@rapport/engine';
import { DataTable, LoadMore } from '../ui/data-table.tsx';
import { Page } from '../ui/page.tsx';
import { Answer, Empty } from '../ui/states.tsx';

export function MailboxPage() {
  const query = useInfiniteQuery({ ...mailboxQuery(), refetchInterval: 5_000 });
  const formats = useFormats();
  return (
    <Page
      title="Mailbox"
      lead={
        <>
          What would have been sent. Nothing here has left this machine.{' '}
          <Link to="/settings/sending">Sending</Link> says where messages go.
        </>
      }
    >
      <Answer of={query}>
        {(data) => {
          const items = itemsOf(data);
          if (items.length === 0) return <NoMail />;
          return (
            <div className="stack-tight">
              <DataTable
                label="Messages in the mailbox"
                rows={items}
                keyOf={(mail) => mail.id}
                columns={[
                  {
                    key: 'subject',
                    label: 'Subject',
                    lead: true,
                    render: (mail) => (
                      <Link to="/mailbox/$id" params={{ id: mail.id }} className="name-link">
                        {mail.subject || 'No subject'}
                      </Link>
                    ),
                  },
                  {
                    key: 'to',
                    label: 'To',
                    render: (mail) => (
                      <>
                        {mail.person.name && (
                          <div>
                            {mail.test && 'As it would read to '}
                            <bdi>{shorten(mail.person.name)}</bdi>
                          </div>
                        )}
                        <span className={mail.person.name ? 'muted' : undefined}>{mail.to}</span>
                      </>
                    ),
                  },
                  { key: 'at', label: 'When', render: (mail) => <When at={mail.at} /> },
                ]}
              />
              <LoadMore
                query={query}
                shown={`${formats.number(items.length)} shown${query.hasNextPage ? '' : ', all of them'}`}
              />
            </div>
          );
        }}
      </Answer>
    </Page>
  );
}

function NoMail() {
  return (
    <Empty
      title="The mailbox is empty."
      action={
        <>
          <Button variant="filled" renderRoot={(props) => <Link to="/journeys" {...props} />}>
            See the journeys
          </Button>
          <Button renderRoot={(props) => <Link to="/templates" {...props} />}>Send yourself a test</Button>
        </>
      }
    >
      As long as live sending is off, every message lands here, exactly as it would have been sent.
    </Empty>
  );
}
