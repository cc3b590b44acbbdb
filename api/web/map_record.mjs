// map_record.mjs - the record that was clicked at: what it says, where its page is, and for a change how it was before and is now.
import { lang, home, say, title_of, name_of, element } from './map_data.mjs';
import { close_record } from './map.mjs';

function told(layer, properties) {
  const rows = layer.properties.filter((p) => properties[p.name] !== null && properties[p.name] !== undefined && properties[p.name] !== '');
  return element('dl', {}, ...rows.flatMap((p) => [element('dt', {}, p.title), element('dd', {}, title_of(layer, p.name, properties[p.name]))]));
}

export function make_record() {
  const drawer = element('section', { id: 'record', 'aria-labelledby': 'record-title', tabindex: '-1', hidden: true });
  const leave = (e) => { if (e.key === 'Escape') close_record(); };
  drawer.addEventListener('keydown', leave);
  return {
    element: drawer,
    show(layer, feature) {
      drawer.replaceChildren(
        element('button', { type: 'button', class: 'close', 'aria-label': say('close'), onclick: close_record }, '×'),
        element('p', { class: 'soft' }, layer.title),
        element('h2', { id: 'record-title' }, name_of(layer, feature.properties)),
        element('p', {}, element('a', { class: 'button', href: `${home}/collections/${layer.key}/items/${feature.id}?lang=${lang}` }, say('open_page'))),
        told(layer, feature.properties));
      drawer.hidden = false;
      drawer.focus({ preventScroll: false });
    },
    hide() { drawer.hidden = true; },
  };
}
