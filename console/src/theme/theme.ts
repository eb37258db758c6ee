// Mantine's theme, spoken in our own tokens (tokens.css), so that light and dark differ in one place only.
import {
  createTheme,
  type CSSVariablesResolver,
  type MantineColorsTuple,
  type VariantColorsResolver,
} from '@mantine/core';

const action: MantineColorsTuple = [
  '#e3efec',
  '#c4e2dc',
  '#9bd6cb',
  '#7ad6c8',
  '#5cc8b8',
  '#2f9788',
  '#0f6b62',
  '#0b574f',
  '#08433d',
  '#052f2b',
];

const bordered = (color: string) => `1px solid ${color}`;

const buttonColors: VariantColorsResolver = ({ variant, color }) => {
  const danger = color === 'danger';
  const accent = danger ? 'var(--danger)' : 'var(--action)';
  if (variant === 'filled') {
    return {
      background: accent,
      hover: danger ? 'var(--danger)' : 'var(--action-hover)',
      color: 'var(--on-action)',
      border: bordered('transparent'),
    };
  }
  if (variant === 'subtle' || variant === 'transparent') {
    return {
      background: 'transparent',
      hover: 'var(--raised)',
      color: accent,
      border: bordered('transparent'),
    };
  }
  if (variant === 'light') {
    return {
      background: danger ? 'var(--danger-soft)' : 'var(--action-soft)',
      hover: 'var(--raised)',
      color: accent,
      border: bordered('transparent'),
    };
  }
  return {
    background: 'var(--surface)',
    hover: 'var(--raised)',
    color: danger ? accent : 'var(--ink)',
    border: bordered('var(--control)'),
  };
};

export const theme = createTheme({
  primaryColor: 'action',
  primaryShade: { light: 6, dark: 4 },
  colors: { action },
  variantColorResolver: buttonColors,
  fontFamily: 'var(--sans)',
  fontFamilyMonospace: 'var(--mono)',
  headings: { fontFamily: 'var(--serif)', fontWeight: '600' },
  fontSizes: { xs: '12px', sm: '14px', md: '14px', lg: '16px', xl: '20px' },
  lineHeights: { xs: '16px', sm: '20px', md: '20px', lg: '24px', xl: '28px' },
  spacing: { xs: '8px', sm: '12px', md: '16px', lg: '24px', xl: '32px' },
  radius: { xs: '4px', sm: '8px', md: '8px', lg: '8px', xl: '16px' },
  defaultRadius: 'sm',
  focusRing: 'auto',
  respectReducedMotion: true,
  cursorType: 'pointer',
  components: {
    Button: { defaultProps: { variant: 'default' } },
    Modal: {
      defaultProps: {
        centered: true,
        shadow: 'none',
        transitionProps: { duration: 120 },
        overlayProps: { backgroundOpacity: 0.4 },
        closeButtonProps: { 'aria-label': 'Close' },
      },
    },
    Drawer: {
      defaultProps: {
        shadow: 'none',
        transitionProps: { duration: 150 },
        overlayProps: { backgroundOpacity: 0.4 },
        closeButtonProps: { 'aria-label': 'Close' },
      },
    },
    Tooltip: {
      defaultProps: { transitionProps: { duration: 100 }, openDelay: 200, multiline: true, maw: 320 },
    },
    Menu: { defaultProps: { transitionProps: { duration: 100 }, shadow: 'none' } },
    Select: {
      defaultProps: {
        comboboxProps: { transitionProps: { duration: 100 }, shadow: 'none' },
        checkIconPosition: 'right',
      },
    },
    Notification: { defaultProps: { closeButtonProps: { 'aria-label': 'Close this message' } } },
    Tabs: { defaultProps: { keepMounted: false } },
  },
});

export const cssVariables: CSSVariablesResolver = () => {
  const shared = {
    '--mantine-color-body': 'var(--page)',
    '--mantine-color-text': 'var(--ink)',
    '--mantine-color-bright': 'var(--ink)',
    '--mantine-color-dimmed': 'var(--muted)',
    '--mantine-color-placeholder': 'var(--muted)',
    '--mantine-color-anchor': 'var(--action)',
    '--mantine-color-default': 'var(--surface)',
    '--mantine-color-default-hover': 'var(--raised)',
    '--mantine-color-default-color': 'var(--ink)',
    '--mantine-color-default-border': 'var(--control)',
    '--mantine-color-error': 'var(--danger)',
    '--mantine-color-disabled': 'var(--raised)',
    '--mantine-color-disabled-color': 'var(--muted)',
    '--mantine-color-disabled-border': 'var(--line)',
    '--mantine-primary-color-filled': 'var(--action)',
    '--mantine-primary-color-filled-hover': 'var(--action-hover)',
    '--mantine-primary-color-light': 'var(--action-soft)',
    '--mantine-primary-color-light-color': 'var(--action)',
    '--mantine-primary-color-contrast': 'var(--on-action)',
    '--mantine-color-action-filled': 'var(--action)',
    '--mantine-color-action-filled-hover': 'var(--action-hover)',
    '--mantine-color-action-light': 'var(--action-soft)',
    '--mantine-color-action-light-color': 'var(--action)',
  };
  return { variables: {}, light: shared, dark: shared };
};
