/** Areas without outlines as tiles of one size: rows as even as can be, the last one centred. */
export interface Tile {
  x: number
  y: number
  width: number
  height: number
}

export function tilesOf(count: number, width: number, height: number, gap = 6): Tile[] {
  if (count === 0) return []
  const across = Math.ceil(Math.sqrt((count * width) / height / 1.4)) || 1
  const columns = Math.min(count, Math.max(1, across))
  const rows = Math.ceil(count / columns)
  const side = (width - gap * (columns - 1)) / columns
  const up = Math.min(side * 0.72, (height - gap * (rows - 1)) / rows)
  const top = (height - rows * up - (rows - 1) * gap) / 2
  return Array.from({ length: count }, (_, at) => {
    const row = Math.floor(at / columns)
    const inRow = row === rows - 1 ? count - row * columns : columns
    const left = (width - inRow * side - (inRow - 1) * gap) / 2
    return {
      x: left + (at % columns) * (side + gap),
      y: top + row * (up + gap),
      width: side,
      height: up,
    }
  })
}
