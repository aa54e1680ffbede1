// A clock that hangs in a hall: the server's time, for whoever set this machine's clock may be wrong.
let told, born;

const tick = () => {
  const clock = document.getElementById("clock");
  if (told !== clock) [told, born] = [clock, Date.now()];
  const [hours, minutes, seconds] = clock.dataset.at.split(":").map(Number);
  const now = new Date(Date.UTC(2000, 0, 1, hours, minutes, seconds) + Date.now() - born);
  clock.textContent = now.toISOString().slice(11, 16);
};

tick();
setInterval(tick, 1000);
