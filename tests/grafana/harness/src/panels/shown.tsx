import type { Field, PanelProps } from '@grafana/data';

/** A value as its field says that it is to be shown. */
export function shown(field: Field, value: unknown): string {
  const { prefix = '', text, suffix = '' } = field.display!(value);
  return `${prefix}${text}${suffix}`;
}

export function Nothing({ width, height }: Pick<PanelProps, 'width' | 'height'>) {
  return <div style={{ width, height, display: 'grid', placeItems: 'center', opacity: 0.7 }}>No data</div>;
}
