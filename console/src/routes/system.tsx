// How this installation is doing, for whoever runs it.
import { useQuery } from '@tanstack/react-query';
import { systemQuery, type System } from '../api/system.ts';
import { useFormats, When } from '../app/formats.tsx';
import type { Formats } from '../lib/format.ts';
import { traitName } from '../lib/words.ts';
import { DataTable } from '../ui/data-table.tsx';
import { Facts, Page, Section } from '../ui/page.tsx';
import { Answer, Badge, Note } from '../ui/states.tsx';

const lowDisk = 0.05;

export function SystemPage() {
  const system = useQuery(systemQuery);
  return (
    <Page title="System" lead="How this installation is doing, looked at every five seconds.">
      <Answer of={system}>{(it) => <TheSystem system={it} />}</Answer>
    </Page>
  );
}

/** What a person should do something about, worst first. */
function troublesOf(system: System, formats: Formats): string[] {
  const out: string[] = [];
  if (system.clock.paused)
    out.push(
      'The clock of this machine and that of Postgres disagree. Appointments and sending are paused until somebody confirms which is right; events are still taken.',
    );
  if (system.disk && system.disk.free_bytes / system.disk.total_bytes < lowDisk)
    out.push(
      'Less than 5 % of the disk is free: events are answered with 503 and sending has stopped. Make room.',
    );
  if (system.appointments.lag_ms > 5_000)
    out.push(
      `Appointments are behind by ${formats.number(Math.round(system.appointments.lag_ms / 1000))} seconds. They are worked off in order.`,
    );
  if (system.sending.uncertain > 0)
    out.push(
      `${formats.number(system.sending.uncertain)} messages are uncertain: ask the mail provider, then say in Sent messages how they ended.`,
    );
  for (const [name, worker] of Object.entries(system.workers)) {
    if (worker.state !== 'running')
      out.push(`The ${name} is ${worker.state}${worker.detail ? `: ${worker.detail}` : ''}.`);
  }
  return out;
}

function TheSystem({ system }: { readonly system: System }) {
  const formats = useFormats();
  const troubles = troublesOf(system, formats);
  return (
    <>
      {troubles.length === 0 ? (
        <p className="finding">Everything runs, and nothing is late.</p>
      ) : (
        troubles.map((trouble) => (
          <Note key={trouble} tone="warning">
            {trouble}
          </Note>
        ))
      )}
      <div className="two even">
        <Section title="Work">
          <Facts
            rows={[
              ['Appointments due now', formats.number(system.appointments.due)],
              [
                'Next appointment',
                system.appointments.next_at ? <When key="next" at={system.appointments.next_at} /> : 'none',
              ],
              ['Messages waiting', formats.number(system.sending.queued)],
              ...(system.sending.oldest_due_at
                ? [['Oldest due', <When key="o" at={system.sending.oldest_due_at} as="ago" />] as const]
                : []),
              ['People', formats.number(system.program.people)],
              [
                'Behind the newest definitions',
                system.program.behind === 0 ? 'nobody' : formats.number(system.program.behind),
              ],
              ...Object.entries(system.workers).map(
                ([name, worker]) =>
                  [
                    traitName(name),
                    <Badge
                      key={name}
                      tone={worker.state === 'running' ? 'good' : 'warning'}
                      icon={worker.state === 'running' ? 'check' : 'hold'}
                    >
                      {worker.state}
                      {worker.detail ? `, ${worker.detail}` : ''}
                    </Badge>,
                  ] as const,
              ),
            ]}
          />
        </Section>
        <Section title="Installation">
          <Facts
            rows={[
              ['Rapport', system.version],
              ['Node', system.node],
              ['PostgreSQL', system.postgres],
              ['Time zone data', system.time_zone_data],
              ['Definitions', `version ${system.program.version}`],
              ['Migrations', `${system.migrations.length}, last ${system.migrations.at(-1) ?? 'none'}`],
              ['Database', bytes(system.database_bytes, formats)],
              ...(system.disk
                ? [
                    [
                      'Disk free',
                      `${bytes(system.disk.free_bytes, formats)} of ${bytes(system.disk.total_bytes, formats)}`,
                    ] as const,
                  ]
                : []),
              ['Clock against Postgres', `${formats.number(Math.round(system.clock.offset_ms))} ms`],
            ]}
          />
        </Section>
      </div>
      <Section title="Connections to the database">
        <DataTable
          label="Connections to the database"
          rows={system.pools}
          keyOf={(pool) => pool.name}
          columns={[
            { key: 'name', label: 'For', lead: true, render: (pool) => traitName(pool.name) },
            { key: 'total', label: 'Open', numeric: true, render: (pool) => formats.number(pool.total) },
            { key: 'idle', label: 'Idle', numeric: true, render: (pool) => formats.number(pool.idle) },
            {
              key: 'waiting',
              label: 'Waiting',
              numeric: true,
              render: (pool) => formats.number(pool.waiting),
            },
          ]}
        />
      </Section>
    </>
  );
}

function bytes(n: number, formats: Formats): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let size = n;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${formats.number(size)} ${units[unit]}`;
}
