// One import: what it will be, how far it is, or what it brought.
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { importQuery, refusedAddress, type Import } from '../api/imports.ts';
import { useFormats, When } from '../app/formats.tsx';
import { isForHere, permissions, statusWords } from '../lib/import-words.ts';
import { Facts, Page, Section } from '../ui/page.tsx';
import { Answer, Badge, Note } from '../ui/states.tsx';
import { ImportProgress } from './import-progress.tsx';
import { PrepareImport } from './import-prepare.tsx';
import { NotTakenBack, TakeBack, Undone, UndoProgress } from './import-undo.tsx';

const route = getRouteApi('/shell/imports/$id');

export function ImportPage() {
  const { id } = route.useParams();
  const one = useQuery({
    ...importQuery(id),
    refetchInterval: (query) =>
      ['storing', 'establishing', 'undoing'].includes(query.state.data?.status ?? '') ? 1_000 : false,
  });
  return (
    <Answer of={one}>
      {(it) => (
        <Page
          title={it.file_name}
          heading={<bdi>{it.file_name}</bdi>}
          back={{ to: '/imports', label: 'Imports' }}
          lead={
            <Badge tone={statusWords[it.status].tone} icon={statusWords[it.status].icon}>
              {statusWords[it.status].name}
            </Badge>
          }
        >
          {it.status === 'preview' ? <PrepareImport id={it.id} /> : <Begun one={it} />}
        </Page>
      )}
    </Answer>
  );
}

function Begun({ one }: { readonly one: Import }) {
  return (
    <>
      {(one.status === 'storing' || one.status === 'establishing') && <ImportProgress one={one} />}
      {one.status === 'failed' && one.problem && (
        <Note tone="danger" title={one.problem.message}>
          <p>
            {one.problem.hint} What was stored before stays; importing the file again goes on and counts
            nothing twice.
          </p>
        </Note>
      )}
      {one.status === 'done' && <Result one={one} />}
      {one.status === 'cancelled' && (
        <Note tone="plain" title="It was stopped">
          What was stored stays. Importing the file again goes on and counts nothing twice.
        </Note>
      )}
      {one.status === 'undoing' && <UndoProgress one={one} />}
      {one.status === 'undone' && <Undone one={one} />}
      <Counts one={one} />
      {one.undoable && <TakeBack one={one} />}
      {one.not_undoable === 'too_old' && <NotTakenBack />}
      {one.notices.map((notice) => (
        <Note key={notice.code + notice.message} tone="info" title={notice.message}>
          {isForHere(notice.hint) && <p>{notice.hint}</p>}
        </Note>
      ))}
    </>
  );
}

function Result({ one }: { readonly one: Import }) {
  const formats = useFormats();
  const { progress } = one;
  return (
    <div className="stack-tight">
      <p className="finding">
        {formats.number(progress.orders)} {progress.orders === 1 ? 'order' : 'orders'} and{' '}
        {formats.number(progress.people)} new {progress.people === 1 ? 'person' : 'people'} are in.
        {progress.duplicates > 0 && ` ${formats.number(progress.duplicates)} were known already.`} Nobody was
        contacted.
      </p>
      <div className="form-foot">
        <Button variant="filled" renderRoot={(props) => <Link to="/meet" {...props} />}>
          Meet them
        </Button>
      </div>
    </div>
  );
}

function Counts({ one }: { readonly one: Import }) {
  const formats = useFormats();
  const { progress, options } = one;
  const permission = permissions.find((each) => each.value === options.permission);
  const count = (name: string, n: number) => (n > 0 ? [[name, formats.number(n)] as const] : []);
  return (
    <Section title={one.status === 'undone' ? 'What it had brought' : 'What came of it'}>
      <Facts
        rows={[
          ['Rows in the file', formats.number(progress.rows)],
          ['Orders', formats.number(progress.orders)],
          ...count('Refunds', progress.refunds),
          ['New people', formats.number(progress.people)],
          ...count('Known already', progress.duplicates),
          ...count('Identical rows, kept as orders', progress.identical_rows),
          ...count('Addresses left with somebody else', progress.identities_left),
          [
            'Refused rows',
            progress.refused === 0 ? (
              'none'
            ) : (
              <a key="refused" href={refusedAddress(one.id)} download>
                {formats.number(progress.refused)}, as a file with the reasons
              </a>
            ),
          ],
          ['History ends', options.as_of ? formats.date(lastDay(options.as_of)) : 'when it was imported'],
          ['Permission', permission ? inLine(permission.name) : 'none'],
          ...(options.permission_source
            ? [
                [
                  'Given',
                  [options.permission_source, options.permission_date].filter(Boolean).join(', '),
                ] as const,
              ]
            : []),
          ...(one.started_at ? [['Started', <When key="started" at={one.started_at} />] as const] : []),
          ...(one.finished_at ? [['Ended', <When key="ended" at={one.finished_at} />] as const] : []),
        ]}
      />
    </Section>
  );
}

/** In the midst of a line; an "I" within stays one. */
const inLine = (words: string): string => words.charAt(0).toLowerCase() + words.slice(1);

/** `as_of` is the instant at which the last day ends. */
const lastDay = (asOf: string): Date => new Date(Date.parse(asOf) - 1);
