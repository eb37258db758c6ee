// Moments now, after a time off: what came due meanwhile and what became of it. Shown for a week.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { outagesQuery } from '../api/outages.ts';
import { useFormats, When } from '../app/formats.tsx';
import { isTelling, messagesSentence, momentsSentence, spanWords } from '../lib/outage-words.ts';
import { Note } from '../ui/states.tsx';

const shownMs = 7 * 86_400_000;

export function HomeOutage() {
  const formats = useFormats();
  const { data, dataUpdatedAt } = useQuery(outagesQuery);
  const outage = data?.items.find(isTelling);
  if (outage === undefined || dataUpdatedAt - Date.parse(outage.until) > shownMs) return null;
  return (
    <Note
      tone="info"
      title={
        <>
          While Rapport was off for {spanWords(formats, outage)}, until <When at={outage.until} />
        </>
      }
      action={
        <Link to="/outages/$id" params={{ id: outage.id }}>
          Who they are
        </Link>
      }
    >
      <p>
        {momentsSentence(formats, outage)} {messagesSentence(formats, outage)}
      </p>
    </Note>
  );
}
