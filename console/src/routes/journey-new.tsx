// A new journey: named, and begun from one that is there or from nothing. It is off until somebody switches it on.
import { Button, Radio, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { get } from '../api/client.ts';
import { createJourney, journeysQuery, type Journey } from '../api/journeys.ts';
import { fieldError } from '../lib/fields.ts';
import { vocabularyQuery } from '../api/vocabulary.ts';
import { blankGraph } from '../lib/journey-draft.ts';
import { purchaseEvent } from '../lib/purchase.ts';
import { Page } from '../ui/page.tsx';
import { Answer, Trouble } from '../ui/states.tsx';
import './journey-edit.css';

const blank = '';

export function NewJourneyPage() {
  const journeys = useQuery(journeysQuery);
  const client = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const [from, setFrom] = useState(blank);
  const make = useMutation({
    mutationFn: async () => {
      const graph =
        from === blank
          ? blankGraph(purchaseEvent(await client.ensureQueryData(vocabularyQuery)))
          : (await get<Journey>(`/api/journeys/${encodeURIComponent(from)}`)).graph;
      return createJourney({ name, graph });
    },
    onSuccess: async (journey) => {
      await client.invalidateQueries({ queryKey: ['journeys'] });
      await navigate({ to: '/journeys/$id/edit', params: { id: journey.id } });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <Page
      title="New journey"
      back={{ to: '/journeys', label: 'Journeys' }}
      lead="It is off until you switch it on: nobody enters and nothing is sent before."
    >
      <form onSubmit={submit} className="stack">
        <TextInput
          label="Name"
          required
          withAsterisk={false}
          maw={480}
          value={name}
          error={fieldError(make.error, '/name')}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Answer of={journeys}>
          {({ items }) => (
            <Radio.Group label="Begin with" value={from} onChange={setFrom}>
              <div className="stack-tight begin-with">
                <Radio
                  value={blank}
                  label="Nothing"
                  description="An order starts it, and it ends at once: the steps are yours."
                />
                {items.map((journey) => (
                  <Radio
                    key={journey.id}
                    value={journey.id}
                    label={journey.name}
                    description={journey.description || journey.sentence}
                  />
                ))}
              </div>
            </Radio.Group>
          )}
        </Answer>
        {make.isError && <Trouble error={make.error} />}
        <div className="form-foot">
          <Button type="submit" variant="filled" loading={make.isPending} disabled={name.trim() === ''}>
            Make the journey
          </Button>
          <Button onClick={() => void navigate({ to: '/journeys' })}>Cancel</Button>
        </div>
      </form>
    </Page>
  );
}
