/** Panels that show single values: Grafana's own tiles and bars. */
import { getDisplayValueAlignmentFactors, getFieldDisplayValues, VizOrientation, type FieldDisplay, type PanelProps } from '@grafana/data';
import { BarGauge, BigValue, useTheme2, VizRepeater } from '@grafana/ui';
import { told } from '../told';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- options as the dashboard has them
type Options = any;

function useValues(panel: PanelProps<Options>): FieldDisplay[] {
  const { options, data, fieldConfig, replaceVariables, timeZone } = panel;
  const sparkline = options.graphMode && options.graphMode !== 'none';
  const reduceOptions = { calcs: ['lastNotNull'], ...options.reduceOptions };
  const values = getFieldDisplayValues({ fieldConfig, reduceOptions, replaceVariables, theme: useTheme2(), data: data.series, sparkline, timeZone });
  told.panels[panel.title] = values.map(({ display, name, hasLinks, getLinks }) => ({
    name: display.title ?? name,
    text: [display.prefix, display.text, display.suffix].filter(Boolean).join(''),
    color: display.color,
    links: hasLinks && getLinks ? getLinks().map((link) => link.href) : [],
  }));
  return values;
}

export function Tiles(panel: PanelProps<Options>) {
  const theme = useTheme2();
  const values = useValues(panel);
  const { colorMode, graphMode, justifyMode, textMode, text, orientation } = panel.options;
  return (
    <VizRepeater
      getValues={() => values}
      getAlignmentFactors={getDisplayValueAlignmentFactors as Options}
      width={panel.width}
      height={panel.height}
      source={panel.data}
      itemSpacing={3}
      autoGrid
      renderCounter={panel.renderCounter}
      orientation={orientation ?? VizOrientation.Auto}
      renderValue={({ value, count, alignmentFactors, width, height }: Options) => (
        <BigValue
          {...{ count, alignmentFactors, width, height, colorMode, graphMode, justifyMode, textMode, text, theme }}
          value={value.display}
          sparkline={value.sparkline}
        />
      )}
    />
  );
}

export function Bars(panel: PanelProps<Options>) {
  const theme = useTheme2();
  const values = useValues(panel);
  const { displayMode, showUnfilled, valueMode, namePlacement, text, orientation } = panel.options;
  const { minVizHeight, minVizWidth, maxVizHeight } = panel.options;
  return (
    <VizRepeater
      {...{ minVizHeight, minVizWidth, maxVizHeight }}
      getValues={() => values}
      getAlignmentFactors={getDisplayValueAlignmentFactors as Options}
      width={panel.width}
      height={panel.height}
      source={panel.data}
      itemSpacing={8}
      renderCounter={panel.renderCounter}
      orientation={orientation ?? VizOrientation.Auto}
      renderValue={({ value, alignmentFactors, width, height, orientation: way }: Options) => (
        <BarGauge
          {...{ alignmentFactors, width, height, displayMode, showUnfilled, namePlacement, text, theme }}
          value={value.display}
          field={value.field}
          orientation={way}
          display={value.view?.getFieldDisplayProcessor(value.colIndex)}
          itemSpacing={8}
          valueDisplayMode={valueMode}
        />
      )}
    />
  );
}
