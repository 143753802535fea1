// Opens a popover beside the button that asked for it, within the window.

const GAP_PX = 6;
const EDGE_PX = 8;

export function placePopover(event) {
  const popover = event.target;
  if (event.newState !== "open" || !popover.matches?.("[popover]")) return;
  const button = document.querySelector(`[popovertarget="${CSS.escape(popover.id)}"]`);
  if (!button) return;
  const at = button.getBoundingClientRect();
  const size = popover.getBoundingClientRect();
  const hasRoomBelow = at.bottom + GAP_PX + size.height < innerHeight - EDGE_PX;
  const top = hasRoomBelow ? at.bottom + GAP_PX : Math.max(EDGE_PX, at.top - GAP_PX - size.height);
  const left = Math.max(EDGE_PX, Math.min(at.left, innerWidth - size.width - EDGE_PX));
  popover.style.top = `${top}px`;
  popover.style.left = `${left}px`;
}
