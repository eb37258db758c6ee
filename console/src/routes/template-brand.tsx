// The look of every letter: one colour, one logo. Changed here, seen in the preview at once, in force for all letters not yet written.
import { Button, ColorInput, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { brandQuery, changeBrand, type Brand } from '../api/templates.ts';
import { useCan } from '../app/formats.tsx';
import { allAtFields, fieldError } from '../lib/fields.ts';
import { Trouble } from '../ui/states.tsx';

const ours = '#0F6B62';
const paths = ['/colour', '/logo_url'];

export function LookOfLetters() {
  const brand = useQuery(brandQuery);
  const can = useCan();
  if (!brand.data || !can.define) return null;
  return (
    <details className="look">
      <summary>The look of every letter</summary>
      <Form key={JSON.stringify(brand.data)} brand={brand.data} />
    </details>
  );
}

function Form({ brand }: { readonly brand: Brand }) {
  const client = useQueryClient();
  const [colour, setColour] = useState(brand.colour ?? ours);
  const [logo, setLogo] = useState(brand.logo_url ?? '');
  const save = useMutation({
    mutationFn: () =>
      changeBrand({
        colour: colour.toUpperCase() === ours ? null : colour,
        logo_url: logo.trim() === '' ? null : logo.trim(),
      }),
    onSuccess: (fresh) => {
      client.setQueryData(brandQuery.queryKey, fresh);
      void client.invalidateQueries({ queryKey: ['template-preview'] });
      notifications.show({ message: 'Every letter not yet written has the new look.' });
    },
  });
  return (
    <form
      className="stack-tight"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      {save.isError && !allAtFields(save.error, paths) && <Trouble error={save.error} />}
      <ColorInput
        label="Colour of buttons and links"
        format="hex"
        value={colour}
        error={fieldError(save.error, '/colour')}
        onChange={setColour}
      />
      <TextInput
        label="Address of the logo"
        description="Shown 32 pixels high at the head; without one, your name"
        placeholder="https://"
        value={logo}
        error={fieldError(save.error, '/logo_url')}
        onChange={(event) => setLogo(event.currentTarget.value)}
      />
      <div>
        <Button type="submit" variant="default" loading={save.isPending}>
          Use this look
        </Button>
      </div>
    </form>
  );
}
