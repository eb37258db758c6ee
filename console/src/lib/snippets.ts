// What is pasted where, with the workspace's own address and key in it. Pure: text in, text out.

export const places = ['site', 'gtm', 'shopify', 'woocommerce', 'segment', 'server'] as const;
export type Place = (typeof places)[number];

export const placeNames: { readonly [place in Place]: string } = {
  site: 'Any site',
  gtm: 'Google Tag Manager',
  shopify: 'Shopify',
  woocommerce: 'WooCommerce',
  segment: 'Segment’s client',
  server: 'A server',
};

export interface SnippetOptions {
  readonly origin: string;
  readonly writeKey: string;
  /** Keep and send nothing before the site says that the visitor agreed. */
  readonly waits: boolean;
}

export function snippetFor(place: Place, { origin, writeKey, waits }: SnippetOptions): string {
  switch (place) {
    case 'site':
    case 'shopify':
    case 'woocommerce':
      return `<script async src="${origin}/tag.js" data-write-key="${writeKey}" data-auto-page${waits ? ' data-consent="wait"' : ''}></script>`;
    case 'gtm':
      return `<script async src="${origin}/tag.js?write-key=${encodeURIComponent(writeKey)}&auto-page${waits ? '&consent=wait' : ''}"></script>`;
    case 'segment':
      return `import { AnalyticsBrowser } from '@segment/analytics-next';

export const analytics = AnalyticsBrowser.load(
  { writeKey: '${writeKey}', cdnURL: '${origin}' },
  { integrations: { 'Segment.io': {
    apiHost: '${new URL(origin).host}/v1',
    protocol: '${new URL(origin).protocol.replace(':', '')}',
  } } },
);`;
    case 'server':
      return `import { Analytics } from '@segment/analytics-node';

const analytics = new Analytics({
  writeKey: 'your server key',
  host: '${origin}',
});
analytics.track({
  userId: 'u-17',
  event: 'Order Completed',
  properties: { order_id: '1001', total: 49.9, currency: 'EUR' },
});`;
  }
}

/** Why a site elsewhere would not reach this address; null: it would. */
export function reachProblem(origin: string): { readonly title: string; readonly words: string } | null {
  const { hostname, protocol } = new URL(origin);
  if (/^(localhost|127\..*|\[::1\]|.*\.localhost)$/.test(hostname)) {
    return {
      title: 'Only pages on this machine reach this address.',
      words:
        'Good for trying. For a site that others visit, open this page at the address that Rapport has in the network (PUBLIC_URL), and copy from there.',
    };
  }
  if (protocol === 'https:') return null;
  return {
    title: 'Pages on https cannot send to this address.',
    words:
      'Browsers refuse to mix https and http. Give Rapport an https address (PUBLIC_URL), open this page there, and copy from there.',
  };
}
