// map_icons.mjs - the signs of the map, drawn here: nothing is fetched for them. Each is a badge with a pictogram on a square of 24.
const pictograms = {
  billboard: 'M4 5h16v9H4zM8 14v5M16 14v5',
  shop_sign: 'M4 9l2-4h12l2 4M5 9v10h14V9M4 9h16M10 19v-5h4v5',
  collection_point: 'M5 7h14M9 7V5h6v2M7 7l1 12h8l1-12M10 10v6M14 10v6',
  recycling_point: 'M12 4l4 6H8zM4 19l4-7 4 7zM12 19l4-7 4 7z',
  transfer_station: 'M3 7h11v9H3zM14 11h4l3 3v2h-7zM7 19h.01M17 19h.01',
  public_toilet: 'M8 5h.01M8 8v6M6 10h4M8 14l-1.5 5M8 14l1.5 5M16 5h.01M16 8l-2.5 6h5zM16 14v5',
  waste_dump: 'M3 19l6-10 4 6 2-3 6 7z',
  construction_site: 'M7 20V4h10l3 4M7 8l4-4M17 8v4M14.5 12h5v4h-5zM4 20h7',
  finding: 'M4 8h4l1.5-2h5L16 8h4v11H4zM12 16.5a3 3 0 1 0 0-6a3 3 0 1 0 0 6',
  case: 'M4 6h6l2 2h8v11H4z',
  lead: 'M5 12h13M12 6l6 6-6 6',
  other: 'M12 8a4 4 0 1 0 0 8a4 4 0 1 0 0-8',
};
const badges = {
  circle: 'M24 3a21 21 0 1 0 0 42a21 21 0 1 0 0-42z',
  square: 'M10 4h28a6 6 0 0 1 6 6v28a6 6 0 0 1-6 6H10a6 6 0 0 1-6-6V10a6 6 0 0 1 6-6z',
  diamond: 'M24 2l22 22-22 22L2 24z',
};
const badge_of = { case: 'square', lead: 'diamond' };

export function icon_name(key, color) { return `${key}${color}`; }

// The picture of a sign: 48 by 48, to be shown at half that size.
export function icon(key, color) {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 48;
  const c = canvas.getContext('2d');
  c.lineJoin = c.lineCap = 'round';
  const badge = new Path2D(badges[badge_of[key] ?? 'circle']);
  c.fillStyle = color;
  c.fill(badge);
  c.strokeStyle = '#fff';
  c.lineWidth = 2.5;
  c.stroke(badge);
  c.translate(24, 24);
  c.scale(key === 'lead' ? 1.05 : 1.25, key === 'lead' ? 1.05 : 1.25);
  c.translate(-12, -12);
  c.lineWidth = 1.9;
  c.stroke(new Path2D(pictograms[key] ?? pictograms.other));
  return c.getImageData(0, 0, 48, 48);
}
