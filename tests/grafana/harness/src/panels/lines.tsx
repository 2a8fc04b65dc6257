/** Lines over time, by the component that @grafana/ui still has of the panel. */
import { useMemo } from 'react';
import { FieldType, getFieldDisplayName, type DataFrame, type PanelProps } from '@grafana/data';
import { TimeSeries } from '@grafana/ui';
import { told } from '../told';
import { Nothing, shown } from './shown';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- options as the dashboard has them
type Options = any;

const isNumber = (field: DataFrame['fields'][number]) => field.type === FieldType.number;

/** Frames that can be drawn, each line with a number of its own for its colour. */
function numbered(series: DataFrame[]): DataFrame[] {
  let seriesIndex = 0;
  const timed = series.filter((frame) => frame.fields.some((field) => field.type === FieldType.time) && frame.fields.some(isNumber));
  return timed.map((frame) => ({
    ...frame,
    fields: frame.fields.map((field) => (isNumber(field) ? { ...field, state: { ...field.state, seriesIndex: seriesIndex++ } } : field)),
  }));
}

export function Lines(panel: PanelProps<Options>) {
  const frames = useMemo(() => numbered(panel.data.series), [panel.data.series]);
  told.panels[panel.title] = frames.flatMap((frame) =>
    frame.fields.filter(isNumber).map((field) => ({
      name: getFieldDisplayName(field, frame, frames),
      points: field.values.length,
      last: shown(field, [...field.values].reverse().find((value) => value != null)),
    }))
  );
  if (!frames.length) {
    return <Nothing {...panel} />;
  }
  const legend = { displayMode: 'list', placement: 'bottom', showLegend: true, calcs: [], ...panel.options.legend };
  return (
    <TimeSeries
      {...{ frames, legend }}
      structureRev={panel.data.structureRev}
      timeRange={panel.timeRange}
      timeZone={panel.timeZone}
      width={panel.width}
      height={panel.height}
      options={panel.options}
    />
  );
}
