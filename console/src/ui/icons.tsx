// The line icons of the console, 20 px, drawn with the text's colour. Always beside a word, so hidden from screen readers.

const paths = {
  home: 'M3 9.5 10 3.5l7 6M5 8.5v8h10v-8',
  inbox: 'M3 11h4l1.5 2.5h3L13 11h4M3 11l2-7h10l2 7v5H3z',
  people:
    'M7.5 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6M2 16.5c0-3 2.4-5 5.500-5s5.500 2 5.500 5M13 4a2.700 2.700 0 0 1 0 5.300M15 11.800c1.900.7 3 2.300 3 4.700',
  segments: 'M8 13A5 5 0 1 0 8 3a5 5 0 0 0 0 10M12.500 17a5 5 0 1 0 0-10 5 5 0 0 0 0 10',
  lifecycle: 'M2.500 14.500c3 0 3-9 7.500-9s4.500 9 7.500 9M2.500 17.500h15',
  rhythm: 'M2.500 6.500v7M6 4v12M9.500 8v4M13 5v10M16.500 7.500v5',
  journeys:
    'M4.500 7a2 2 0 1 0 0-4 2 2 0 0 0 0 4M15.500 17a2 2 0 1 0 0-4 2 2 0 0 0 0 4M6.500 5H12a2.500 2.500 0 0 1 0 5H8a2.500 2.500 0 0 0 0 5h5.500',
  messages: 'M17.500 3 2.500 9l5.500 2.500L10.500 17zM8 11.500 17.500 3',
  mailbox: 'M2.500 5h15v10.500h-15zM2.500 5.500 10 11l7.500-5.500',
  templates: 'M3.500 3.500h13v4h-13zM3.500 10.500h6v6h-6zM12.500 10.500h4v6h-4z',
  loyalty:
    'M10 16.500 3.800 10.300a3.900 3.900 0 0 1 5.500-5.500l.7.700.7-.700a3.900 3.900 0 0 1 5.500 5.500z',
  imports: 'M10 3v9.500M6 9l4 4 4-4M3.500 16.500h13',
  quarantine: 'M10 2.500 17 5v5c0 4-3 6.500-7 7.500C6 16.500 3 14 3 10V5zM10 6.500v4M10 13.300v.2',
  system: 'M2.500 10h3l2-5 4 10 2-5h4',
  sending: 'M10 3v3M10 14v3M3 10h3M14 10h3M10 12.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5',
  keys: 'M7 13.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7M10.300 10h7.200v3M14.500 10v2.500',
  workspace: 'M3 17V6l7-3 7 3v11zM8 17v-4.500h4V17M7 8.500h.1M10 8.500h.1M13 8.500h.1',
  menu: 'M3 5.500h14M3 10h14M3 14.500h14',
  search: 'M9 14.500a5.500 5.500 0 1 0 0-11 5.500 5.500 0 0 0 0 11M13 13l4 4',
  right: 'm8 5 5 5-5 5',
  left: 'm12 5-5 5 5 5',
  check: 'm4 10.500 4 4 8-9',
  cross: 'm5 5 10 10M15 5 5 15',
  warning: 'M10 3 18 16.500H2zM10 8v4M10 14.300v.2',
  info: 'M10 17.500a7.500 7.500 0 1 0 0-15 7.500 7.500 0 0 0 0 15M10 9v5M10 6v.2',
  clock: 'M10 17.500a7.500 7.500 0 1 0 0-15 7.500 7.500 0 0 0 0 15M10 6v4.500l3 2',
  hold: 'M7.500 5v10M12.500 5v10',
  branch: 'M10 2.500 17.500 10 10 17.500 2.500 10z',
  flag: 'M5 17.500V3M5 3.500h9.500L12.500 7l2 3.500H5',
  play: 'M6 4v12l9.500-6z',
  webhook: 'M8 7 4 10l4 3M12 7l4 3-4 3',
  sun: 'M10 13.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7M10 2v2M10 16v2M2 10h2M16 10h2M4.400 4.400l1.400 1.400M14.200 14.200l1.400 1.400M4.400 15.600l1.400-1.400M14.200 5.800l1.400-1.400',
  moon: 'M16.500 11.500A7 7 0 0 1 8.500 3.500a7 7 0 1 0 8 8z',
  plus: 'M10 4v12M4 10h12',
  more: 'M4.500 10h.1M10 10h.1M15.500 10h.1',
  list: 'M8 5h9M8 10h9M8 15h9M3.500 5h.1M3.500 10h.1M3.500 15h.1',
  numbers: 'M8 5h9M8 10h9M8 15h9M3 3.500 4.200 3v4M3 12.500h2L3 15.500h2',
  copy: 'M7 7h9.500v9.500H7zM13 7V3.500H3.500V13H7',
  note: 'M4 3.500h12v9l-4 4H4zM12 16.500v-4h4M7 7h6M7 10h4',
  download: 'M10 3v9.500M6 9l4 4 4-4M3.500 16.500h13',
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name, size = 20 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg
      aria-hidden="true"
      className="icon"
      width={size}
      height={size}
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d={paths[name]} />
    </svg>
  );
}
