import { renderMarkdown, type PanelProps } from '@grafana/data';
import { told } from '../told';

export function Words(panel: PanelProps<{ content: string }>) {
  const content = panel.replaceVariables(panel.options.content);
  told.panels[panel.title] = { content };
  return <div className="markdown-html" style={{ height: panel.height, overflow: 'auto' }} dangerouslySetInnerHTML={{ __html: renderMarkdown(content) }} />;
}
