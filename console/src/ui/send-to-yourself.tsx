// The button that sends a letter to whoever presses it, as it would read to the person chosen, and says where it went.
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import { wordsOf } from '../api/problem.ts';
import { nobody, sendTest, type SentTest, type UnsavedTemplate } from '../api/templates.ts';
import { useCan } from '../app/formats.tsx';
import { useReader } from './letter-preview.tsx';

export interface SendToYourselfProps {
  readonly template: string;
  /** As it is being written; absent: as it was saved. */
  readonly draft?: UnsavedTemplate | undefined;
  /** As in the preview beside it: absent is the first person whom it suits. */
  readonly person?: string | undefined;
}

export function SendToYourself({ template, draft, person }: SendToYourselfProps) {
  const can = useCan();
  const { id } = useReader(template, person);
  const send = useMutation({
    mutationFn: () => sendTest({ template, draft, person: id === nobody ? undefined : id }),
    onSuccess: (sent) =>
      notifications.show({
        color: sent.went === 'failed' || sent.went === 'uncertain' ? 'yellow' : 'green',
        autoClose: 15_000,
        message: (
          <>
            {sentWords(sent)}{' '}
            {/* Notifications are drawn outside the router, where a Link has nothing to go by. */}
            <a href={`/mailbox/${sent.id}`}>Look at it</a>
          </>
        ),
      }),
    onError: (error) => {
      const { message, hint } = wordsOf(error);
      notifications.show({
        color: 'red',
        autoClose: 15_000,
        message: [message, hint].filter(Boolean).join(' '),
      });
    },
  });
  if (!can.care) return null;
  return (
    <Button loading={send.isPending} disabled={id === undefined} onClick={() => send.mutate()}>
      Send to yourself
    </Button>
  );
}

function sentWords({ went, to, note }: SentTest): string {
  const because = note === null ? '' : ` ${note}`;
  switch (went) {
    case 'mailbox':
      return `It is in the mailbox here; nothing left this machine.${because}`;
    case 'sent':
      return `Sent to ${to}, with a copy in the mailbox.`;
    case 'failed':
      return `Not sent to ${to}.${because} A copy is in the mailbox.`;
    case 'uncertain':
      return `It may have reached ${to}, or not.${because} A copy is in the mailbox.`;
  }
}
