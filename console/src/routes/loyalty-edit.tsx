// A loyalty programme being made or changed: what earns, when it goes, and tiers as sentences.
import { Button, NumberInput, Select, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import {
  changeProgramme,
  createProgramme,
  programmeQuery,
  type Programme,
  type ProgrammeBody,
} from '../api/programmes.ts';
import { ApiProblem } from '../api/problem.ts';
import { useFormats } from '../app/formats.tsx';
import { fieldError } from '../lib/fields.ts';
import { bodyOf, newTier, readProgrammeDraft, startOf, type ProgrammeDraft } from '../lib/programme-draft.ts';
import { useDraft } from '../lib/use-draft.ts';
import { Overtaken, TakenUp } from '../ui/draft.tsx';
import { DurationField } from '../ui/duration-field.tsx';
import { Page, Section } from '../ui/page.tsx';
import { RuleEditor } from '../ui/rule-editor.tsx';
import { Answer, Trouble } from '../ui/states.tsx';
import { EarningFields } from './loyalty-earning.tsx';

const route = getRouteApi('/shell/loyalty/$key/edit');
const back = { to: '/loyalty', label: 'Loyalty' } as const;

export function NewProgrammePage() {
  return (
    <Page
      title="New loyalty programme"
      back={back}
      lead="It counts what happens from the moment it is made. Balances from elsewhere are brought along on a person’s page or by API."
    >
      <ProgrammeForm saved={null} />
    </Page>
  );
}

export function ProgrammeEditPage() {
  const { key } = route.useParams();
  const programme = useQuery({ ...programmeQuery(key), refetchOnWindowFocus: false });
  return (
    <Answer of={programme}>
      {(it) => (
        <Page
          title={`Change ${it.name}`}
          back={back}
          lead="Saving contacts nobody. What was earned stands; tiers are asked anew."
        >
          <ProgrammeForm key={it.key} saved={it} />
        </Page>
      )}
    </Answer>
  );
}

function ProgrammeForm({ saved }: { readonly saved: Programme | null }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const formats = useFormats();
  const [start] = useState(() => startOf(saved));
  const kept = useDraft({
    key: saved === null ? 'programme.new' : `programme.${saved.key}`,
    version: saved?.version ?? 0,
    saved: start,
    read: readProgrammeDraft,
  });
  const draft = kept.value;
  const save = useMutation({
    mutationFn: ({ body: made, base }: { readonly body: ProgrammeBody; readonly base: number }) =>
      saved === null ? createProgramme(made) : changeProgramme(saved.key, made, base),
    onSuccess: async () => {
      kept.forget();
      await client.invalidateQueries();
      await navigate({ to: '/loyalty' });
    },
  });
  const change = (part: Partial<ProgrammeDraft>): void => {
    save.reset();
    kept.changeWith((before) => ({ ...before, ...part }), Object.keys(part).join());
  };
  const body = bodyOf(draft);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (body !== null) save.mutate({ body, base: kept.basedOn });
  };
  const saveOver = async (): Promise<void> => {
    if (saved === null || body === null) return;
    const newest = await client.fetchQuery({ ...programmeQuery(saved.key), staleTime: 0 });
    save.mutate({ body, base: newest.version });
  };
  const overtaken =
    save.error instanceof ApiProblem &&
    save.error.code === 'conflict' &&
    save.error.problems.every(({ path }) => path === '/base') &&
    saved !== null;
  const { unit, expiry } = draft;
  return (
    <form onSubmit={submit} className="stack" style={{ gap: 32, maxInlineSize: 880 }}>
      <TakenUp draft={kept} />
      <Section title="Name">
        <div className="stack" style={{ maxInlineSize: 480 }}>
          <TextInput
            label="Name of the programme"
            required
            withAsterisk={false}
            value={draft.name}
            error={fieldError(save.error, '/name')}
            onChange={(e) => change({ name: e.currentTarget.value })}
          />
          <TextInput
            label="One is called"
            required
            withAsterisk={false}
            value={unit.one}
            error={fieldError(save.error, '/unit/one')}
            onChange={(e) => change({ unit: { ...unit, one: e.currentTarget.value } })}
          />
          <TextInput
            label="Several are called"
            required
            withAsterisk={false}
            value={unit.many}
            error={fieldError(save.error, '/unit/many')}
            onChange={(e) => change({ unit: { ...unit, many: e.currentTarget.value } })}
          />
        </div>
      </Section>
      <Section
        title="What earns"
        note="Once for each order, however often it is told. What a browser says earns nothing."
      >
        <EarningFields
          earn={draft.earn}
          unit={unit}
          error={(path) => fieldError(save.error, `/earn${path}`)}
          problemsOfWho={(i) => problemsAt(save.error, `/earn/${i}`, 'who')}
          onChange={(earn) => change({ earn })}
        />
        <TextInput
          type="date"
          label="Counts from"
          description={
            saved === null
              ? 'Empty: from the moment it is made. What happened before that day earns nothing.'
              : 'What happened before that day earns nothing. What was earned stands.'
          }
          maw={480}
          value={draft.countsFrom ?? (saved === null ? '' : formats.isoDay(saved.counts_from))}
          error={fieldError(save.error, '/counts_from')}
          onChange={(e) =>
            change({ countsFrom: e.currentTarget.value === '' ? null : e.currentTarget.value })
          }
        />
      </Section>
      <Section title={`When ${unit.many} go`}>
        <Select
          label="Expiry"
          allowDeselect={false}
          maw={480}
          data={[
            { value: 'none', label: 'They stay' },
            { value: 'inactivity', label: 'All of them, so long after the last earning or spending' },
            { value: 'earned', label: 'Each, so long after it was earned' },
          ]}
          value={expiry?.kind ?? 'none'}
          onChange={(kind) =>
            change({
              expiry:
                kind === 'inactivity' || kind === 'earned' ? { kind, after: expiry?.after ?? 'P365D' } : null,
            })
          }
        />
        {expiry && (
          <div style={{ maxInlineSize: 480 }}>
            <DurationField
              label="After"
              value={expiry.after}
              error={fieldError(save.error, '/expiry/after')}
              onChange={(after) => change({ expiry: { ...expiry, after } })}
            />
          </div>
        )}
      </Section>
      <Section title="Tiers" note="Lowest first. The highest whose sentence holds is the person’s.">
        {draft.tiers.map((tier, i) => (
          <div className="card stack" key={tier.key}>
            <div className="row-wide">
              <TextInput
                label="Name of the tier"
                required
                withAsterisk={false}
                value={tier.name}
                error={fieldError(save.error, `/tiers/${i}/name`)}
                onChange={(e) =>
                  change({ tiers: draft.tiers.with(i, { ...tier, name: e.currentTarget.value }) })
                }
              />
              <Button
                variant="subtle"
                color="danger"
                onClick={() => change({ tiers: draft.tiers.toSpliced(i, 1) })}
              >
                Take out
              </Button>
            </div>
            <RuleEditor
              draft={tier.rule}
              problems={problemsAt(save.error, `/tiers/${i}`, 'rule')}
              onChange={(rule) => change({ tiers: draft.tiers.with(i, { ...tier, rule }) })}
            />
          </div>
        ))}
        <Button
          style={{ justifySelf: 'start', alignSelf: 'start' }}
          onClick={() => change({ tiers: [...draft.tiers, newTier(draft.tiers, saved?.key ?? null)] })}
        >
          Add a tier
        </Button>
        {draft.tiers.length > 0 && (
          <NumberInput
            label="Nobody falls to a lower tier sooner than so many days after reaching theirs"
            maw={480}
            min={0}
            max={3_650}
            allowDecimal={false}
            value={draft.keepDays}
            error={fieldError(save.error, '/keep_tier_for')}
            onChange={(days) => change({ keepDays: Number(days) || 0 })}
          />
        )}
      </Section>
      {overtaken ? (
        <Overtaken
          title={save.error?.message ?? ''}
          keepsVersions={false}
          onLook={() => void navigate({ to: '/loyalty' })}
          onSaveOver={() => void saveOver()}
        />
      ) : (
        save.isError && <Trouble error={save.error} />
      )}
      <div className="form-foot">
        <Button type="submit" variant="filled" loading={save.isPending} disabled={body === null}>
          {saved === null ? 'Make the programme' : 'Save'}
        </Button>
        <Button
          onClick={() => {
            kept.forget();
            void navigate({ to: '/loyalty' });
          }}
        >
          Cancel
        </Button>
      </div>
    </form>
  );
}

/** As the editor of a rule expects them: from the rule on. */
function problemsAt(error: unknown, path: string, field: 'rule' | 'who') {
  if (!(error instanceof ApiProblem)) return [];
  const from = `${path}/${field}`;
  return error.problems.flatMap((one) =>
    one.path.startsWith(from) ? [{ ...one, path: `/rule${one.path.slice(from.length)}` }] : [],
  );
}
