// SPDX-License-Identifier: Apache-2.0
//
// Between the replica and the disk: what its effects ask for becomes tasks, and what was done
// becomes its inputs. Pure; used on the core's thread.
#pragma once

#include "base/time.h"
#include "replica/replica.h"
#include "runtime/disk_task.h"
#include "zab/effects.h"

namespace paddock::runtime {

/// Puts a task of the replica's behind those that wait.
void queue(zab::DiskTask task, DiskTasks& tasks);

/// Tells the replica what is done; not of an Installed, which needs the snapshot itself.
void tell(const DiskReport& report, replica::Replica& replica, Now now);

}  // namespace paddock::runtime
