/** Grafana's own table. */
import { getFieldDisplayName, type PanelProps } from '@grafana/data';
import { TableNG } from '@grafana/ui/unstable';
import { told } from '../told';
import { Nothing, shown } from './shown';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- options as the dashboard has them
type Options = any;

export function Rows(panel: PanelProps<Options>) {
  const frame = panel.data.series[panel.options.frameIndex ?? 0];
  told.panels[panel.title] = frame && {
    columns: frame.fields.map((field) => getFieldDisplayName(field, frame, panel.data.series)),
    rows: Array.from({ length: frame.length }, (_, row) => frame.fields.map((field) => shown(field, field.values[row]))),
  };
  if (!frame?.length) {
    return <Nothing {...panel} />;
  }
  return (
    <TableNG
      width={panel.width}
      height={panel.height}
      data={frame}
      noHeader={!panel.options.showHeader}
      resizable
      sortBy={panel.options.sortBy}
      cellHeight={panel.options.cellHeight}
      timeRange={panel.timeRange}
      fieldConfig={panel.fieldConfig}
      structureRev={panel.data.structureRev}
      transparent={panel.transparent}
      enableVirtualization={false}
    />
  );
}
