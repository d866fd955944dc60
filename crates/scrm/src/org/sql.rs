//! Statements on departments and staff.

use store::{Error, Row, statements};

use super::{Department, Member};
use crate::{DepartmentId, StaffId};

statements! {
    pub(crate) DEPARTMENTS = "SELECT department_id, parent_id, name, sort_order, is_deleted
        FROM departments
        WHERE corp_id = $1
        ORDER BY department_id";
    pub(crate) PUT_DEPARTMENTS = "INSERT INTO departments
            (corp_id, department_id, parent_id, name, sort_order, is_deleted)
        VALUES {rows}
        ON CONFLICT (corp_id, department_id) DO UPDATE SET parent_id = excluded.parent_id,
            name = excluded.name, sort_order = excluded.sort_order, is_deleted = excluded.is_deleted";
    pub(crate) MEMBERS = "SELECT staff_id, wecom_user_id, name, position, status, can_contact, is_readable, is_deleted
        FROM staff
        WHERE corp_id = $1
        ORDER BY staff_id";
    pub(crate) MEMBERS_BY_ID = "SELECT staff_id, wecom_user_id, name, position, status, can_contact, is_readable,
            is_deleted
        FROM staff
        WHERE corp_id = $1 AND staff_id IN ({list})";
    pub(crate) MEMBERS_BY_USER_ID = "SELECT staff_id, wecom_user_id, name, position, status, can_contact,
            is_readable, is_deleted
        FROM staff
        WHERE corp_id = $1 AND user_id_folded IN ({list})";
    pub(crate) PUT_MEMBERS = "INSERT INTO staff
            (corp_id, staff_id, wecom_user_id, user_id_folded, name, name_folded, position, status,
             can_contact, is_readable, is_deleted)
        VALUES {rows}
        ON CONFLICT (corp_id, staff_id) DO UPDATE SET wecom_user_id = excluded.wecom_user_id,
            user_id_folded = excluded.user_id_folded, name = excluded.name,
            name_folded = excluded.name_folded, position = excluded.position, status = excluded.status,
            can_contact = excluded.can_contact, is_readable = excluded.is_readable,
            is_deleted = excluded.is_deleted";
    pub(crate) PLACES = "SELECT staff_id, department_id, is_leader
        FROM staff_departments
        WHERE corp_id = $1
        ORDER BY staff_id, place";
    pub(crate) PLACES_OF = "SELECT staff_id, department_id, is_leader
        FROM staff_departments
        WHERE corp_id = $1 AND staff_id = $2
        ORDER BY place";
    pub(crate) PLACES_OF_MANY = "SELECT staff_id, department_id
        FROM staff_departments
        WHERE corp_id = $1 AND staff_id IN ({list})
        ORDER BY staff_id, place";
    pub(crate) LEADERS_OF = "SELECT staff_id, wecom_user_id, name, position, status, can_contact, is_readable, is_deleted
        FROM staff
        WHERE corp_id = $1 AND staff_id <> $2 AND staff_id IN (
            SELECT l.staff_id
            FROM staff_departments AS mine
            JOIN staff_departments AS l ON l.corp_id = mine.corp_id AND l.department_id = mine.department_id
            WHERE mine.corp_id = $1 AND mine.staff_id = $2 AND l.is_leader)
        ORDER BY staff_id";
    pub(crate) REMOVE_PLACES = "DELETE FROM staff_departments WHERE corp_id = $1 AND staff_id IN ({list})";
    pub(crate) PUT_PLACES = "INSERT INTO staff_departments (corp_id, staff_id, place, department_id, is_leader)
        VALUES {rows}";
    pub(crate) DEPARTMENT_NAMES = "SELECT p.staff_id, d.name
        FROM staff_departments AS p
        JOIN departments AS d ON d.corp_id = p.corp_id AND d.department_id = p.department_id
        WHERE p.corp_id = $1 AND p.staff_id IN ({list})
        ORDER BY p.staff_id, p.place";
    pub(crate) MEMBERS_IN = "SELECT DISTINCT staff_id
        FROM staff_departments
        WHERE corp_id = $1 AND department_id IN ({list})";
    /// All filters may be absent: name pattern '%', both values of is_deleted.
    pub(crate) PAGE = "SELECT staff_id, wecom_user_id, name, position, status, can_contact, is_readable, is_deleted
        FROM staff
        WHERE corp_id = $1 AND name_folded LIKE $2 ESCAPE '\\' AND is_deleted IN ($3, $4)
        ORDER BY staff_id
        LIMIT $5 OFFSET $6";
    pub(crate) COUNT = "SELECT CAST(count(*) AS BIGINT)
        FROM staff
        WHERE corp_id = $1 AND name_folded LIKE $2 ESCAPE '\\' AND is_deleted IN ($3, $4)";
}

pub(crate) fn department(row: &Row<'_>) -> Result<Department, Error> {
    Ok(Department {
        id: row.get(0)?,
        parent: row.get(1)?,
        name: row.get(2)?,
        sort_order: row.get(3)?,
        is_deleted: row.get(4)?,
    })
}

pub(crate) fn member(row: &Row<'_>) -> Result<Member, Error> {
    Ok(Member {
        id: row.get(0)?,
        wecom_user_id: row.get(1)?,
        name: row.get(2)?,
        position: row.get(3)?,
        status: row.get(4)?,
        can_contact: row.get(5)?,
        is_readable: row.get(6)?,
        is_deleted: row.get(7)?,
    })
}

/// (member, department, whether he leads it).
pub(crate) fn place(row: &Row<'_>) -> Result<(StaffId, DepartmentId, bool), Error> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
}
