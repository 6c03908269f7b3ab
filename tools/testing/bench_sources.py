"""Programs of any length, made of ordinary code: what compile times are measured with."""

# One module's worth: types with methods, a trait, an enum with a match, generics, closures, collections, text, errors, and an async function.
UNIT = '''
/// An account of the books of part @.
#[derive(Eq, Clone)]
struct Account@ { id: i64, owner: str, balance: i64, history: List<i64> }

enum Event@ {
    Deposit(i64),
    Withdraw { amount: i64, fee: i64 },
    Rename(str),
    Close,
}

trait Summary@ {
    fn total(&self) -> i64;
    fn describe(&self) -> str { "total {self.total()}" }
}

impl Summary@ for Account@ {
    fn total(&self) -> i64 {
        let sum = self.balance;
        for entry in &self.history {
            sum += *entry;
        }
        sum
    }
}

impl Account@ {
    fn open(id: i64, owner: str) -> Account@ {
        Account@ { id: id, owner: owner, balance: 0, history: [] }
    }

    // Whether it went through; what was taken is kept in the history.
    fn apply(&mut self, event: Event@) -> Result<i64, str> {
        match event {
            Event@::Deposit(amount) if amount <= 0 => return Err("nothing to deposit"),
            Event@::Deposit(amount) => {
                self.balance += amount;
                self.history.push(amount);
            }
            Event@::Withdraw { amount, fee } => {
                let cost = amount + fee;
                if cost > self.balance {
                    return Err("{self.owner} has {self.balance}, not {cost}");
                }
                self.balance -= cost;
                self.history.push(-cost);
            }
            Event@::Rename(name) => self.owner = name,
            Event@::Close => {
                self.history.clear();
                self.balance = 0;
            }
        }
        Ok(self.balance)
    }

    fn largest(&self) -> Option<i64> {
        let best = None;
        for entry in &self.history {
            match best {
                Some(known) => {
                    if *entry > known { best = Some(*entry); }
                }
                None => best = Some(*entry),
            }
        }
        best
    }
}

fn pick@<T: Ord>(items: &List<T>, from: i64) -> i64 {
    let at = from;
    let i = from + 1;
    while i < items.len() {
        if items[i] > items[at] { at = i; }
        i += 1;
    }
    at
}

fn settle@(accounts: &mut List<Account@>, rate: i64) -> Result<i64, str> {
    let total = 0;
    for account in accounts {
        let interest = account.balance * rate / 100;
        if interest > 0 {
            total += account.apply(Event@::Deposit(interest))?;
        }
    }
    Ok(total)
}

async fn audit@(first: Account@, second: Account@) -> i64 {
    let weigh = |n: i64| n * 2 + first.id;
    let sum = 0;
    for n in [first.balance, second.balance, first.total()] {
        sum += weigh(n);
    }
    let name = if sum > 1000 { "{first.owner} and {second.owner}" } else { first.owner };
    sum + name.len() + await check@(sum)
}

async fn check@(sum: i64) -> i64 {
    let seen: Map<str, i64> = Map::new();
    seen.insert("part @", sum);
    seen.insert("twice", sum * 2);
    await yield_now();
    seen.len()
}

fn part@() -> i64 {
    let account = Account@::open(@, "owner @");
    let other = Account@::open(@ + 1, "other");
    for event in [Event@::Deposit(500 + @), Event@::Withdraw { amount: 20, fee: 1 }, Event@::Rename("x"), Event@::Close] {
        match account.apply(event) {
            Ok(balance) => other.history.push(balance),
            Err(why) => println("part @: {why}"),
        }
    }
    let ids = [account.id, other.id, 3, 4];
    let (low, high) = (pick@(&ids, 0), other.largest().unwrap_or(0));
    let settled = settle@(&mut [account.clone(), other.clone()], 5).unwrap_or(0);
    low + high + settled + other.describe().len() + account.total()
}
'''


# A program of at least `lines` lines.
def ordinary(lines):
    size = UNIT.count("\n")
    count = -(-lines // size)
    parts = [UNIT.replace("@", str(part)) for part in range(count)]
    calls = "".join(f"    sum = sum +% part{part}();\n" for part in range(0, count, 16))
    return "use std::task::yield_now;\n" + "".join(parts) + f'\nfn main() {{\n    let sum = 0;\n{calls}    println("{{sum}}");\n}}\n'
