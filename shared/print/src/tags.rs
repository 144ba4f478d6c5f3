//! The order in which a document is read aloud.

use krilla::tagging::{Identifier, Node, TagGroup, TagKind, TagTree};

/// A tree that grows while pages are laid out; its leaves come when they are drawn.
#[derive(Default)]
pub(crate) struct Tags {
    branches: Vec<Branch>,
}

/// A branch of the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tagged(usize);

struct Branch {
    kind: TagKind,
    top: bool,
    children: Vec<Child>,
}

enum Child {
    Branch(Tagged),
    Leaf(Identifier),
}

impl Tags {
    /// A branch at the end of its parent's children.
    pub(crate) fn add(&mut self, parent: Option<Tagged>, kind: impl Into<TagKind>) -> Tagged {
        let new = Tagged(self.branches.len());
        self.branches.push(Branch { kind: kind.into(), top: parent.is_none(), children: Vec::new() });
        if let Some(branch) = parent.and_then(|Tagged(at)| self.branches.get_mut(at)) {
            branch.children.push(Child::Branch(new));
        }
        new
    }

    /// What was drawn for a branch.
    pub(crate) fn leaf(&mut self, Tagged(at): Tagged, leaf: Identifier) {
        if let Some(branch) = self.branches.get_mut(at) {
            branch.children.push(Child::Leaf(leaf));
        }
    }

    /// The tree as krilla has it.
    pub(crate) fn tree(&self, language: &str) -> TagTree {
        let mut tree = TagTree::new().with_lang(Some(language.to_owned()));
        for branch in self.branches.iter().filter(|branch| branch.top) {
            tree.push(self.group(branch));
        }
        tree
    }

    fn group(&self, branch: &Branch) -> TagGroup {
        let child = |child: &Child| match child {
            Child::Branch(Tagged(at)) => self.branches.get(*at).map(|branch| Node::Group(self.group(branch))),
            Child::Leaf(leaf) => Some(Node::Leaf(*leaf)),
        };
        TagGroup::with_children(branch.kind.clone(), branch.children.iter().filter_map(child).collect())
    }
}
