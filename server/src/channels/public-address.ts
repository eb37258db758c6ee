// Which addresses an outgoing call may reach: public ones only. A name is resolved, every address it has is checked,
// and the connection is made to the checked address itself, so that a later change of DNS changes nothing.
import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';

export interface CheckedAddress {
  readonly address: string;
  readonly family: 4 | 6;
}
export type AddressCheck =
  | { readonly ok: true; readonly address: CheckedAddress }
  | { readonly ok: false; readonly reason: 'private_address' | 'server_not_found'; readonly detail: string };

export type Resolve = (hostname: string) => Promise<readonly CheckedAddress[]>;

export async function checkHost(
  hostname: string,
  options: { readonly allowPrivate: boolean; readonly resolve?: Resolve },
): Promise<AddressCheck> {
  const host = hostname.replace(/^\[|\]$/g, '');
  let addresses: readonly CheckedAddress[];
  try {
    addresses =
      isIP(host) === 0
        ? await (options.resolve ?? resolveAll)(host)
        : [{ address: host, family: isIP(host) === 6 ? 6 : 4 }];
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    return {
      ok: false,
      reason: 'server_not_found',
      detail: `The name ${host} cannot be resolved (${code}).`,
    };
  }
  const [first] = addresses;
  if (first === undefined)
    return { ok: false, reason: 'server_not_found', detail: `The name ${host} has no address.` };
  // One private address among public ones is how a name is made to reach inside later: all must be public.
  const inside = options.allowPrivate
    ? undefined
    : addresses.find((found) => !isPublicAddress(found.address));
  if (inside !== undefined) {
    return {
      ok: false,
      reason: 'private_address',
      detail: `${host} leads to ${inside.address}, which is not a public address.`,
    };
  }
  return { ok: true, address: first };
}

async function resolveAll(hostname: string): Promise<readonly CheckedAddress[]> {
  const found = await lookup(hostname, { all: true, verbatim: true });
  return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
}

// IANA special-purpose registries for IPv4 (RFC 6890 and its successors), plus multicast and what was never given out.
const NOT_PUBLIC_4 = [
  ...[
    '0.0.0.0/8',
    '10.0.0.0/8',
    '100.64.0.0/10',
    '127.0.0.0/8',
    '169.254.0.0/16',
    '172.16.0.0/12',
    '192.0.0.0/24',
  ],
  ...[
    '192.0.2.0/24',
    '192.31.196.0/24',
    '192.52.193.0/24',
    '192.88.99.0/24',
    '192.168.0.0/16',
    '192.175.48.0/24',
  ],
  ...['198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
];
// For IPv6 the other way round: only global unicast, without the parts of it that carry IPv4 or are not routed.
const GLOBAL_6 = '2000::/3';
const NOT_PUBLIC_6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

const blocked = blockList(NOT_PUBLIC_4, 'ipv4', blockList(NOT_PUBLIC_6, 'ipv6', new BlockList()));
const global6 = blockList([GLOBAL_6], 'ipv6', new BlockList());

export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !blocked.check(address, 'ipv4');
  if (family !== 6 || address.includes('%')) return false;
  return global6.check(address, 'ipv6') && !blocked.check(address, 'ipv6');
}

function blockList(ranges: readonly string[], family: 'ipv4' | 'ipv6', list: BlockList): BlockList {
  for (const range of ranges) {
    const [network, bits] = range.split('/');
    list.addSubnet(network ?? '', Number(bits), family);
  }
  return list;
}
