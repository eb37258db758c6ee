// Tags on a person: put on, taken off, and a way from each to everybody who has it.
import { Button, CloseButton, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { personQuery, type PersonPage } from '../api/people.ts';
import { changeTags } from '../api/person-deeds.ts';
import { useCan } from '../app/formats.tsx';
import { fieldError } from '../lib/fields.ts';
import { Section } from '../ui/page.tsx';
import { Trouble } from '../ui/states.tsx';
import { offerUndo } from '../ui/undo.tsx';

export function tagsOf(person: PersonPage): readonly string[] {
  const value = person.traits.find(({ key }) => key === 'tags')?.value ?? [];
  const values = Array.isArray(value) ? value : [value];
  return values.filter((tag) => typeof tag === 'string');
}

export function PersonTags({ person }: { readonly person: PersonPage }) {
  const can = useCan();
  const client = useQueryClient();
  const [typed, setTyped] = useState('');
  const tags = tagsOf(person);
  const again = () =>
    Promise.all([
      client.invalidateQueries({ queryKey: personQuery(person.id).queryKey }),
      client.invalidateQueries({ queryKey: [`/api/people/${encodeURIComponent(person.id)}/timeline`] }),
    ]);
  const change = useMutation({
    mutationFn: (what: { add?: string; remove?: string }) =>
      changeTags(person.id, {
        add: what.add === undefined ? [] : [what.add],
        remove: what.remove === undefined ? [] : [what.remove],
      }),
    onSuccess: async (_, { add, remove }) => {
      setTyped('');
      await again();
      offerUndo({
        done: add === undefined ? `The tag ${remove} is off.` : `The tag ${add} is on.`,
        undo: async () => {
          await changeTags(person.id, {
            add: remove === undefined ? [] : [remove],
            remove: add === undefined ? [] : [add],
          });
          await again();
        },
      });
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const add = typed.trim();
    if (add !== '' && !tags.includes(add)) change.mutate({ add });
    else setTyped('');
  };
  if (tags.length === 0 && !can.care) return null;
  const atTag = fieldError(change.error, '/add/0');
  return (
    <Section title="Tags">
      {tags.length > 0 && (
        <ul className="tag-list" aria-label="Tags">
          {tags.map((tag) => (
            <li key={tag}>
              <Link
                to="/people"
                search={{ rule: { kind: 'trait', path: 'tags', op: 'contains', value: tag } }}
                title="Everybody with this tag"
              >
                <bdi>{tag}</bdi>
              </Link>
              {can.care && (
                <CloseButton
                  size="sm"
                  aria-label={`Take off ${tag}`}
                  disabled={change.isPending}
                  onClick={() => change.mutate({ remove: tag })}
                />
              )}
            </li>
          ))}
        </ul>
      )}
      {can.care && (
        <form onSubmit={submit} className="tag-form">
          <TextInput
            aria-label="A new tag"
            placeholder="A new tag"
            maxLength={60}
            value={typed}
            error={atTag}
            onChange={(event) => {
              change.reset();
              setTyped(event.currentTarget.value);
            }}
          />
          <Button type="submit" loading={change.isPending} disabled={typed.trim() === ''}>
            Put on
          </Button>
        </form>
      )}
      {change.isError && atTag === undefined && <Trouble error={change.error} />}
    </Section>
  );
}
