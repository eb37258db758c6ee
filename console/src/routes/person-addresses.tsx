// The addresses of a person and whether anything is sent there, blocked and let free by hand.
import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { addressesQuery, suppressAddress, type Address } from '../api/person-deeds.ts';
import { useCan, useFormats, useSession } from '../app/formats.tsx';
import { suppressionWords } from '../lib/words.ts';
import { Section } from '../ui/page.tsx';
import { Badge, Trouble } from '../ui/states.tsx';
import { offerUndo } from '../ui/undo.tsx';

export function PersonAddresses({ id }: { readonly id: string }) {
  const addresses = useQuery(addressesQuery(id));
  const can = useCan();
  const { user } = useSession();
  const formats = useFormats();
  const client = useQueryClient();
  const set = async (address: string, suppressed: boolean) => {
    const after = await suppressAddress(id, address, suppressed);
    client.setQueryData(addressesQuery(id).queryKey, after);
  };
  const change = useMutation({
    mutationFn: (one: Address) => set(one.address, one.suppressed === null),
    onSuccess: (_, { address, suppressed }) =>
      offerUndo({
        done: suppressed === null ? `Nothing is sent to ${address} any more.` : `${address} is free again.`,
        undo: () => set(address, suppressed !== null),
      }),
  });
  const items = addresses.data?.items ?? [];
  if (addresses.isError) return <Trouble error={addresses.error} />;
  if (items.length === 0) return null;
  const leads = user?.role === 'owner' || user?.role === 'admin';
  return (
    <Section title={items.length === 1 ? 'Address' : 'Addresses'}>
      {change.isError && <Trouble error={change.error} />}
      <ul className="plain-list">
        {items.map((one) => (
          <li key={one.address} className="row-wide consent-line">
            <div>
              <bdi className="breaks">{one.address}</bdi>
              <div className="muted">
                {one.suppressed ? (
                  <Badge tone="warning" icon="hold">
                    blocked since {formats.date(one.suppressed.at)}: {suppressionWords(one.suppressed.reason)}
                  </Badge>
                ) : one.used || items.length === 1 ? (
                  'letters go here, if they agreed'
                ) : (
                  'known, not the one that letters go to'
                )}
              </div>
            </div>
            {can.care && (one.suppressed === null || one.suppressed.reason === 'by_hand' || leads) && (
              <Button
                size="compact-sm"
                variant="subtle"
                aria-label={`${one.suppressed === null ? 'Block' : 'Let free'} ${one.address}`}
                loading={change.isPending}
                onClick={() => change.mutate(one)}
              >
                {one.suppressed === null ? 'Block' : 'Let free'}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}
