// Asks for the order's progress until nothing more will happen to it.
const place = document.getElementById("progress");
const settled = () => place.querySelector("[data-settled]").dataset.settled === "true";

async function look() {
  try {
    const answer = await fetch(`${location.pathname}/progress`);
    const text = answer.ok ? await answer.text() : place.innerHTML;
    // Only a change is written, so that a screen reader speaks only then.
    if (text.trim() !== place.innerHTML.trim()) place.innerHTML = text;
  } catch {
    // No connection for a moment: the next look may succeed.
  }
  if (!settled()) setTimeout(look, 700);
}
if (!settled()) setTimeout(look, 700);
