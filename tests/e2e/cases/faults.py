# SPDX-License-Identifier: Apache-2.0
"""Three voters and an observer under load while processes and links fail: answers must stay linearizable, and nothing
that was acknowledged, no watch and no session may be lost. What is done comes from the seed that `run` prints."""

from cases import case
from faults import scenario


def faulty(text, *faults):
    """Registers a case that does these things to an ensemble."""
    def play():
        return scenario.run(f"faults/{text}", *faults)

    play.__doc__ = text
    case(play)


faulty("The leader is killed and comes back.", "kill_leader")
faulty("A follower or the observer is killed and comes back.", "kill_follower")
faulty("All servers are killed at once and come back.", "kill_everybody")
faulty("The leader is suspended for longer than the silence limit and wakes up.", "suspend_leader")
faulty("The leader is cut off from all others, and healed.", "isolate_leader")
faulty("The leader is cut off in one direction, and healed.", "isolate_leader_one_way")
faulty("The leader is left without being told, and healed.", "forsake_leader")
faulty("Links are half-open, and healed.", "half_open_links")
faulty("Links end and come back.", "reset_links")
faulty("All links of one server take 50 ms.", "slow_server")
faulty("All servers are restarted with SIGTERM, one after the other.", "rolling_restart")
faulty("Any fault after any other.", "kill_leader", "kill_follower", "kill_everybody", "suspend_leader", "isolate_leader",
       "isolate_leader_one_way", "forsake_leader", "half_open_links", "reset_links", "slow_server", "rolling_restart")
