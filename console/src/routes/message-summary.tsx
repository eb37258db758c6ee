// What became of the messages and why: bars that are a table, each a way to the messages behind it.
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { messageSummaryQuery, type MessageSummary } from '../api/messages.ts';
import { useFormats } from '../app/formats.tsx';
import { summaryFinding } from '../lib/message-finding.ts';
import { bareReason, stateWords } from '../lib/words.ts';
import { Section } from '../ui/page.tsx';
import { Answer } from '../ui/states.tsx';
import '../ui/stage.css';
import './messages.css';

const route = getRouteApi('/shell/messages');

export function MessageSummaryPicture() {
  const filter = route.useSearch();
  const formats = useFormats();
  const summary = useQuery(messageSummaryQuery(filter));
  if (filter.person) return null;
  return (
    <Answer of={summary} rows={3}>
      {(it) =>
        it.messages === 0 ? null : (
          <Section title={summaryFinding(it, formats)}>
            <Bars summary={it} />
          </Section>
        )
      }
    </Answer>
  );
}

function Bars({ summary }: { readonly summary: MessageSummary }) {
  const formats = useFormats();
  const most = Math.max(1, ...summary.parts.map((part) => part.messages));
  return (
    <table className="bars message-bars" aria-label="What became of the messages">
      <thead className="hidden-visually">
        <tr>
          <th scope="col">What became of it</th>
          <th scope="col">Picture</th>
          <th scope="col">Messages</th>
          <th scope="col">Share</th>
        </tr>
      </thead>
      <tbody>
        {summary.parts.map((part) => {
          const state = stateWords(part.state, part.via);
          return (
            <tr key={`${part.state} ${part.via} ${part.reason}`}>
              <th scope="row">
                <Link
                  to="/messages"
                  search={(old) => ({
                    ...old,
                    state: ['queued', 'claimed'].includes(part.state) ? 'waiting' : part.state,
                    reason: part.reason ?? undefined,
                  })}
                  resetScroll={false}
                  className="name-link bars-link"
                >
                  {state.name}
                  {part.text && <span className="muted why">{bareReason(part.text)}</span>}
                </Link>
              </th>
              <td className="bars-track">
                <div
                  className={part.state === 'sent' ? 'bar' : 'bar hatched'}
                  style={{
                    width: `${(part.messages / most) * 100}%`,
                    backgroundColor: part.state === 'sent' ? 'var(--stage-2)' : 'var(--stage-ended)',
                  }}
                />
              </td>
              <td className="bars-count">{formats.number(part.messages)}</td>
              <td className="bars-share">{formats.share(part.messages / summary.messages)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
